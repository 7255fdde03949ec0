import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager"; // part of the runtime
import { OpenAI } from "openai";

const secrets = new SecretsManagerClient();
const LIFETIME_MS = 5 * 60 * 1_000;
let cached;

/** The SDK's client and the model. Reads the secret again after five minutes, so a rotated key needs no deployment. */
async function connect() {
  if (cached === undefined || Date.now() - cached.readAt > LIFETIME_MS) {
    const request = new GetSecretValueCommand({ SecretId: process.env.OPENAI_SECRET_ARN });
    const { SecretString } = await secrets.send(request);
    const { model, ...options } = JSON.parse(SecretString);
    cached = { client: new OpenAI(options), model, readAt: Date.now() };
  }
  return cached;
}

/** Answers `{ "question": "…" }`. */
export async function handler({ question }) {
  const { client, model } = await connect();
  const reply = await client.chat.completions.create({ model, messages: [{ role: "user", content: question }] });
  return { answer: reply.choices[0]?.message.content ?? "" };
}
