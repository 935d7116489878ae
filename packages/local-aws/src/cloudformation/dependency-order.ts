/** Ids by what must exist before them. Names of nothing in the graph are ignored. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

/**
 * Sorts so that everything comes after what it depends on, keeping the given order where there is a choice.
 * What is part of a circle, or between two of them, is in `circular` and not in `order`.
 */
export function dependencyOrder(dependencies: Dependencies): { order: string[]; circular: string[] } {
  const order: string[] = [];
  const state = new Map<string, 'visiting' | 'done'>();
  const circular = circularIds(dependencies);
  const visit = (id: string): void => {
    if (state.has(id) || circular.has(id)) return;
    state.set(id, 'visiting');
    for (const before of dependencies.get(id) ?? []) if (dependencies.has(before)) visit(before);
    state.set(id, 'done');
    order.push(id);
  };
  for (const id of dependencies.keys()) visit(id);
  return { order, circular: [...circular] };
}

/** Peels off what has nothing before it or nothing after it until only circles are left. */
function circularIds(dependencies: Dependencies): Set<string> {
  const left = new Set(dependencies.keys());
  for (;;) {
    const neededByOthers = new Set([...left].flatMap((id) => dependencies.get(id) ?? []));
    const loose = [...left].filter(
      (id) => !neededByOthers.has(id) || !(dependencies.get(id) ?? []).some((before) => left.has(before)),
    );
    if (loose.length === 0) return left;
    for (const id of loose) left.delete(id);
  }
}

/**
 * Runs `task` for every id as soon as everything it depends on has succeeded. A task answers whether it succeeded.
 *
 * @param options.haltOnFailure after a failure start nothing more, instead of only what depends on it
 */
export async function runInDependencyOrder(
  dependencies: Dependencies,
  task: (id: string) => Promise<boolean>,
  options: { readonly haltOnFailure: boolean; readonly signal?: AbortSignal },
): Promise<void> {
  const { order, circular } = dependencyOrder(dependencies);
  const outcomes = new Map<string, Promise<boolean>>();
  let halted = false;
  // A circle can only come from a half-done update that mixes two templates; its members go last, one by one.
  for (const id of [...order, ...circular]) {
    const before = (dependencies.get(id) ?? []).flatMap((other) => outcomes.get(other) ?? []);
    const run = async (): Promise<boolean> => {
      const ready = await Promise.all(before);
      if (halted || options.signal?.aborted || ready.includes(false)) return false;
      const succeeded = await task(id);
      if (!succeeded && options.haltOnFailure) halted = true;
      return succeeded;
    };
    outcomes.set(id, run());
  }
  await Promise.all(outcomes.values());
}
