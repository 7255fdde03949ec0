/** Thrown when the demo claims something that is not so. */
export class BrokenClaimError extends Error {
  override readonly name = "BrokenClaimError";
  /** What the claim was judged by: the whole output of a command, without keys. */
  readonly evidence: string;

  constructor(claim: string, evidence: string) {
    super(claim);
    this.evidence = evidence;
  }
}

/** Nothing is claimed that was not checked. @throws BrokenClaimError */
export function check(claim: string, holds: boolean, evidence: string): void {
  if (!holds) throw new BrokenClaimError(claim, evidence);
}
