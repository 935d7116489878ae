import fc from 'fast-check';

/** What a failure needs to be repeated: `FUZZ_SEED=… npm run test:e2e`; another seed is another choice. */
export const seed = Number(process.env.FUZZ_SEED ?? 1);

/** `FUZZ_FACTOR` times as many of everything, up to all that there is. */
const factor = Number(process.env.FUZZ_FACTOR ?? 1);

/** Some of the items, always the same for one seed. */
export function some<T>(items: readonly T[], count: number): readonly T[] {
  const length = Math.min(count * factor, items.length);
  const choice = fc.shuffledSubarray([...items], { minLength: length, maxLength: length });
  return fc.sample(choice, { seed, numRuns: 1 }).flat();
}
