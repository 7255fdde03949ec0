/**
 * A stand-in for `pulumi-resource-aws` for tests: it creates the few types that the monitor uses with the AWS SDK, so that
 * the real engine can deploy the real component to the AWS at `AWS_ENDPOINT_URL`.
 */

import aws from "@pulumi/aws/package.json" with { type: "json" };
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { main } from "@pulumi/pulumi/provider/index.js";
import { makeProvider } from "./provider.ts";
import { functions, types } from "./table.ts";

// It must never reach a real account, whatever credentials are in the environment.
const endpoint = process.env["AWS_ENDPOINT_URL"] ?? "";
if (!endpoint.startsWith("http://127.0.0.1:")) throw new Error("AWS_ENDPOINT_URL must be a local AWS on loopback.");

/** The engine's seed for the names of each resource, by its URN. */
const seeds = new Map<string, string>();

// `main` does not pass the seed to `check`, so it is read where the message arrives.
const { check } = ResourceProviderService;
const { requestDeserialize } = check;
check.requestDeserialize = (bytes) => {
  const request = requestDeserialize(bytes);
  seeds.set(request.getUrn(), request.getRandomseed_asB64());
  return request;
};

await main(
  makeProvider(aws.version, types, functions, (urn) => seeds.get(urn)),
  process.argv.slice(2),
);
