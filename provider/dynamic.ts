import type * as pulumi from "@pulumi/pulumi";

/**
 * The provider object that Pulumi serializes into the state of each connection. It captures no variables: each function
 * loads the installed package, so the code in state is small, contains no local path, and stays the same when the
 * package changes.
 *
 * This is a wire format: it stays in state for years, so never rename the path or the five functions. There is no
 * `delete` and no `configure` on purpose: with either, a stack could not be deleted after the package was removed.
 */
export const dynamicProvider: pulumi.dynamic.ResourceProvider = {
  check: (olds, news) => require("pulumi-deepseek/provider/lifecycle").check(olds, news),
  diff: (id, olds, news) => require("pulumi-deepseek/provider/lifecycle").diff(id, olds, news),
  create: (inputs) => require("pulumi-deepseek/provider/lifecycle").create(inputs),
  update: (id, olds, news) => require("pulumi-deepseek/provider/lifecycle").update(id, olds, news),
  read: (id, props) => require("pulumi-deepseek/provider/lifecycle").read(id, props),
};
