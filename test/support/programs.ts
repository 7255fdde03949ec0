/** The head of every program: plain JavaScript, so that no compiler runs before it. */
const head = `
const pulumi = require("@pulumi/pulumi");
const { DeepSeekConnection } = require("pulumi-deepseek");
const baseUrl = new pulumi.Config("test").require("url");
`;

/** A program's text from its body. */
export function program(body: string): Record<string, string> {
  return { "index.js": head + body };
}

/** A program with one connection, `main`, to the sandbox; more arguments and the options are given as JavaScript. */
export function oneConnection(args = "", opts = "{}"): Record<string, string> {
  return program(`
const connection = new DeepSeekConnection("main", { baseUrl, ${args} }, ${opts});
for (const name of ["apiKey", "status", "statusReason", "defaultModel", "keyFingerprint", "verifiedAt", "openai"]) {
  exports[name] = connection[name];
}
exports.models = connection.models.apply((models) => models?.map((model) => model.id));
`);
}
