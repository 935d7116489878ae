/** The delay before try number `attempt + 1`, doubling from `first` up to `last` milliseconds. */
export function backOff(attempt: number, first: number, last: number): number {
  return Math.min(last, first * 2 ** Math.min(attempt, 30));
}
