/**
 * What matters of the CLI's output: of the last phase (`up` prints its preview too) the end, from the first of
 * `Diagnostics:`, `Outputs:` and `Resources:` on. What has none of these stays whole.
 */
export function shorten(output: string): string {
  const phase = /^(?:Updating|Refreshing|Destroying) \(.*\):$/m.exec(output)?.index ?? 0;
  const end = /^(?:Diagnostics|Outputs|Resources):$/m.exec(output.slice(phase))?.index ?? 0;
  return output.slice(phase + end).trimEnd();
}
