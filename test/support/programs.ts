/** The beginning of every program: plain JavaScript, so that no compiler is needed. */
const head = `
const pulumi = require("@pulumi/pulumi");
const { DeepSeekConnection } = require("pulumi-deepseek");
const baseUrl = new pulumi.Config("test").require("url");
`;

/** Returns the files of a program with this body. */
export function program(body: string): Record<string, string> {
  return { "index.js": head + body };
}

/** Returns a program with one connection, `main`, to the sandbox. More arguments and the options are JavaScript. */
export function oneConnection(args = "", opts = "{}"): Record<string, string> {
  return program(`
const connection = new DeepSeekConnection("main", { baseUrl, ${args} }, ${opts});
for (const name of ["apiKey", "status", "statusReason", "defaultModel", "keyFingerprint", "verifiedAt", "openai"]) {
  exports[name] = connection[name];
}
exports.models = connection.models.apply((models) => models?.map((model) => model.id));
`);
}
