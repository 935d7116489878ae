import { VtlError } from './value.ts';

/** Steps of one rendering: nodes, expressions, and values that are read or printed. A step takes about 0.1 µs. */
const maxSteps = 1_000_000;
/** Characters that one rendering makes, twice API Gateway's largest payload. */
const maxCharacters = 20 * 1024 * 1024;

let budget: { steps: number; characters: number } | undefined;

/**
 * Runs one rendering, which is synchronous, with a budget of its own, so that no template holds the event loop.
 * @throws VtlError when the budget is spent
 */
export function withBudget<T>(render: () => T): T {
  const outer = budget;
  budget = { steps: maxSteps, characters: maxCharacters };
  try {
    return render();
  } finally {
    budget = outer;
  }
}

/** Counts work of the current rendering, before it is done where it could be large. @throws VtlError */
export function spend(steps: number, characters = 0): void {
  if (budget === undefined) return;
  budget.steps -= steps;
  budget.characters -= characters;
  if (budget.steps < 0) throw new VtlError(`the template takes more than ${maxSteps} steps`);
  if (budget.characters < 0) throw new VtlError(`the template makes more than ${maxCharacters} characters`);
}
