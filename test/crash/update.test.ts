import { describeUpdate, killedUpdate } from "./killed.ts";
import { dynamicShell } from "./shells.ts";

const { before, pending, chances, providerBefore, providerChances, finished } = killedUpdate;

describeUpdate(dynamicShell(), {
  everything: {
    "while its preview probes": before,
    "while the program makes its preflight probes": before,
    "while check makes its own calls": before,
    "while the provider requests the models": pending,
    "while the provider requests the balance": pending,
    "during the test call": pending,
    "right after the test call": chances,
    "while the state is written": chances,
    "once the state is written": chances,
  },
  "the provider's process": {
    "while check makes its own calls": providerBefore,
    "while the provider requests the models": providerBefore,
    "during the test call": providerBefore,
    "right after the test call": providerChances,
    "while the state is written": finished,
  },
});
