import { check } from "../claims.ts";
import type { DemoStack } from "../demo-stack.ts";
import { readConnection } from "../deployed-connection.ts";
import { say, verified } from "../narration.ts";

export async function destroy({ pulumi, workspace }: DemoStack): Promise<void> {
  say(
    "This removes the connection from the state. The key itself stays valid, because DeepSeek has no API to revoke it. You revoke keys at https://platform.deepseek.com/api_keys.",
  );
  const { code, all } = await pulumi("destroy --yes");
  check("'pulumi destroy' passes.", code === 0, all);
  check("The state no longer contains the connection.", (await readConnection(workspace)) === undefined, all);
  verified("The connection is gone.");
}
