/** The values that each factor may have, by the factor's name. */
export type Factors = Readonly<Record<string, readonly string[]>>;
export type Combination = Readonly<Record<string, string>>;

/**
 * Combinations in which every value of a factor meets every value of each other factor at least once: most faults of
 * options need two of them, and all combinations would be thousands. Greedy and without chance.
 *
 * @param given combinations that are there anyway
 */
export function coverPairs(factors: Factors, given: readonly Combination[] = []): readonly Combination[] {
  const names = Object.keys(factors);
  const missing = new Set(
    names.flatMap((left, index) =>
      names.slice(index + 1).flatMap((right) => pairs(left, factors[left] ?? [], right, factors[right] ?? [])),
    ),
  );
  for (const pair of given.flatMap((combination) => pairsOf(names, combination))) missing.delete(pair);
  const combinations: Combination[] = [];
  for (const seed of missing) {
    const combination: Record<string, string> = JSON.parse(seed);
    for (const name of names) {
      combination[name] ??= best(factors[name] ?? [], (value) => newPairs({ ...combination, [name]: value }));
    }
    for (const pair of pairsOf(names, combination)) missing.delete(pair);
    combinations.push(combination);
  }
  return combinations;

  function newPairs(combination: Combination): number {
    return pairsOf(names, combination).filter((pair) => missing.has(pair)).length;
  }
}

function best(values: readonly string[], scoreOf: (value: string) => number): string {
  const [first, ...others] = values.map((value) => ({ value, score: scoreOf(value) }));
  if (first === undefined) throw new Error('A factor needs a value.');
  return others.reduce((best, other) => (other.score > best.score ? other : best), first).value;
}

function pairsOf(names: readonly string[], combination: Combination): readonly string[] {
  const known = names.filter((name) => combination[name] !== undefined);
  return known.flatMap((left, index) =>
    known
      .slice(index + 1)
      .flatMap((right) => pairs(left, [combination[left] ?? ''], right, [combination[right] ?? ''])),
  );
}

function pairs(left: string, lefts: readonly string[], right: string, rights: readonly string[]): readonly string[] {
  return lefts.flatMap((a) => rights.map((b) => JSON.stringify({ [left]: a, [right]: b })));
}
