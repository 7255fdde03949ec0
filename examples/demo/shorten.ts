/**
 * Shortens the CLI's output to the end of its last phase (`up` prints its preview too): from the first of
 * `Diagnostics:`, `Outputs:` and `Resources:`. An output without these is not shortened.
 */
export function shorten(output: string): string {
  const phase = /^(?:Updating|Refreshing|Destroying) \(.*\):$/m.exec(output)?.index ?? 0;
  const end = /^(?:Diagnostics|Outputs|Resources):$/m.exec(output.slice(phase))?.index ?? 0;
  return output.slice(phase + end).trimEnd();
}
