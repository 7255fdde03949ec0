import { check } from "../claims.ts";
import type { DemoStack } from "../demo-stack.ts";
import { readConnection } from "../deployed-connection.ts";
import { say, verified } from "../narration.ts";

export async function destroy({ pulumi, workspace }: DemoStack): Promise<void> {
  say(
    "The connection goes out of the state. The key itself stays valid at DeepSeek, which has no API to revoke it: that is done at https://platform.deepseek.com/api_keys.",
  );
  const { code, all } = await pulumi("destroy --yes");
  check("'pulumi destroy' passes.", code === 0, all);
  check("The connection is gone from the state.", (await readConnection(workspace)) === undefined, all);
  verified("The connection is gone.");
}
