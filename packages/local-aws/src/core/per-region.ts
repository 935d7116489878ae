import { defaultRegion } from './arn.ts';

/** What each region has of its own, made when the region is first used. */
export class PerRegion<T> {
  readonly #make: (region: string) => Promise<T>;
  readonly #made = new Map<string, T>();
  readonly #making = new Map<string, Promise<T>>();

  constructor(make: (region: string) => Promise<T>) {
    this.#make = make;
  }

  /** The one of a region, which may have to be made first. */
  of(region: string): Promise<T> {
    const making = this.#making.get(region) ?? this.#start(region);
    this.#making.set(region, making);
    return making;
  }

  /** The one of a region that has been used. */
  find(region: string | undefined): T | undefined {
    return region === undefined ? undefined : this.#made.get(region);
  }

  /** The one of the default region, which is made before the others. */
  get default(): T {
    const made = this.#made.get(defaultRegion);
    if (made === undefined) throw new Error(`${defaultRegion} has not been made yet.`);
    return made;
  }

  /** Those of all regions that have been used, the default one first. */
  all(): readonly T[] {
    return [...this.#made.values()];
  }

  /** Resolves when no region is being made. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#making.values());
  }

  async #start(region: string): Promise<T> {
    try {
      const made = await this.#make(region);
      this.#made.set(region, made);
      return made;
    } catch (error) {
      // The next call tries again.
      this.#making.delete(region);
      throw error;
    }
  }
}
