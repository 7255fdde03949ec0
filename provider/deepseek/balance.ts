/** An account's money in one currency. */
export interface Balance {
  /** Three capital letters: CNY or USD so far. */
  readonly currency: string;
  readonly amount: number;
}
