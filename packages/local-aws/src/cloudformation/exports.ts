import type { Stack, StackOutput } from './stack-record.ts';
import type { StackStore } from './stack-store.ts';
import { templateError } from './template-error.ts';

/**
 * Gives the stack its new outputs.
 * @throws AwsError when an export's name is taken, or one that others import would change or vanish
 */
export function commitOutputs(store: StackStore, stack: Stack, outputs: StackOutput[]): void {
  const names = outputs.flatMap(({ exportName }) => exportName ?? []);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw templateError(`Duplicate Export names are not allowed. Export name ${twice} is used more than once.`);
  }
  for (const { stack: owner, name } of store.exports(stack.region)) {
    if (owner !== stack && names.includes(name)) {
      throw templateError(`Export with name ${name} is already exported by stack ${owner.name}`);
    }
  }
  for (const { exportName, value } of stack.outputs) {
    if (exportName === undefined) continue;
    const next = outputs.find((output) => output.exportName === exportName);
    if (next?.value === value) continue;
    refuseWhenImported(store, stack, exportName, next === undefined ? 'deleted' : 'updated');
  }
  stack.outputs = outputs;
}

/** @throws AwsError ValidationError naming the stacks that import one of the stack's exports */
export function refuseDeleteOfImported(store: StackStore, stack: Stack): void {
  for (const { exportName } of stack.outputs) {
    if (exportName !== undefined) refuseWhenImported(store, stack, exportName, 'deleted');
  }
}

function refuseWhenImported(store: StackStore, stack: Stack, exportName: string, change: 'deleted' | 'updated'): void {
  const importers = store.importersOf(stack.region, exportName).filter((other) => other !== stack);
  if (importers.length === 0) return;
  const names = importers.map(({ name }) => name).join(' and ');
  throw templateError(`Export ${exportName} cannot be ${change} as it is in use by ${names}`);
}
