import { describeUpdate, killedUpdate } from "./killed.ts";
import { pluginShell } from "./shells.ts";

const { before, pending, chances, providerBefore, providerChances, finished } = killedUpdate;

describeUpdate(pluginShell, {
  everything: {
    "while its preview probes": before,
    "while the provider requests the models": pending,
    "while the provider requests the balance": pending,
    "during the test call": pending,
    "right after the test call": chances,
    "while the state is written": chances,
    "once the state is written": chances,
  },
  "the provider's process": {
    "while its preview probes": providerBefore,
    "while the provider requests the models": providerBefore,
    "while the provider requests the balance": providerBefore,
    "during the test call": providerBefore,
    "right after the test call": providerChances,
    "while the state is written": finished,
    "once the state is written": finished,
  },
});
