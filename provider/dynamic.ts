import type * as pulumi from "@pulumi/pulumi";

/**
 * The provider object that Pulumi serializes into the state of each connection. It captures nothing: each function loads
 * the installed package, so the code in state is small, holds no path of a machine, and stays the same when the package
 * changes.
 *
 * A wire format: states hold it for years, so the path and the five names are never renamed. On purpose there is no
 * `delete` and no `configure`: with either, a stack from which the package was removed could not be deleted.
 */
export const dynamicProvider: pulumi.dynamic.ResourceProvider = {
  check: (olds, news) => require("pulumi-deepseek/provider/lifecycle").check(olds, news),
  diff: (id, olds, news) => require("pulumi-deepseek/provider/lifecycle").diff(id, olds, news),
  create: (inputs) => require("pulumi-deepseek/provider/lifecycle").create(inputs),
  update: (id, olds, news) => require("pulumi-deepseek/provider/lifecycle").update(id, olds, news),
  read: (id, props) => require("pulumi-deepseek/provider/lifecycle").read(id, props),
};
