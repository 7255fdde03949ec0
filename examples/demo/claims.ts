/** Thrown when a claim of the demo turns out to be false. */
export class BrokenClaimError extends Error {
  override readonly name = "BrokenClaimError";
  /** The evidence against the claim: the whole output of a command, without keys. */
  readonly evidence: string;

  constructor(claim: string, evidence: string) {
    super(claim);
    this.evidence = evidence;
  }
}

/** Checks a claim before the demo prints it. @throws BrokenClaimError */
export function check(claim: string, holds: boolean, evidence: string): void {
  if (!holds) throw new BrokenClaimError(claim, evidence);
}
