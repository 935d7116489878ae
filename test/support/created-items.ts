const steps: (() => Promise<unknown>)[] = [];

/** Registers how something that a test has created is deleted again. */
export function undoLater(step: () => Promise<unknown>): void {
  steps.push(step);
}

/** Deletes what was created, the newest first. @throws AggregateError after all steps, with what stays */
export async function undoAll(): Promise<void> {
  const errors: unknown[] = [];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    await step().catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} of the created items could not be deleted`);
}
