import { inspect } from 'node:util';

const kept = 100;

/** The last failures of the endpoint itself, as text. */
export class RecentErrors {
  readonly #errors: string[] = [];

  add(error: unknown): void {
    this.#errors.push(inspect(error));
    if (this.#errors.length > kept) this.#errors.shift();
  }

  /** Oldest first. */
  list(): readonly string[] {
    return [...this.#errors];
  }
}
