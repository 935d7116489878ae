/** Tells up to where all records of a shard are dealt with, when they may be dealt with out of order. */
export class ShardProgress {
  readonly #advance: (sequenceNumber: string) => void;
  #open: string[] = [];
  readonly #done = new Set<string>();

  constructor(advance: (sequenceNumber: string) => void) {
    this.#advance = advance;
  }

  /** How many records were read and are not dealt with, or follow such a one. */
  get backlog(): number {
    return this.#open.length;
  }

  /** In the order of the shard. */
  add(sequenceNumbers: readonly string[]): void {
    this.#open.push(...sequenceNumbers);
  }

  done(sequenceNumbers: readonly string[]): void {
    for (const sequenceNumber of sequenceNumbers) this.#done.add(sequenceNumber);
    const stillOpen = this.#open.findIndex((sequenceNumber) => !this.#done.has(sequenceNumber));
    const settled = this.#open.splice(0, stillOpen < 0 ? this.#open.length : stillOpen);
    for (const sequenceNumber of settled) this.#done.delete(sequenceNumber);
    const last = settled.at(-1);
    if (last !== undefined) this.#advance(last);
  }
}
