import { join } from 'node:path';
import * as z from 'zod';
import { defaultRegion, parseArn } from '../core/arn.ts';
import type { StateStore } from '../core/state-store.ts';
import { StateFolderError } from './state-folder-error.ts';

const usedSchema = z.literal(true);

/**
 * The part of the state that belongs to one region. The default region has the records without a prefix and the folder
 * itself, as in the state of releases that knew no other region.
 */
export function stateOfRegion(state: StateStore, region: string): StateStore {
  if (region === defaultRegion) return state;
  const { directory } = state;
  return {
    directory: directory === undefined ? undefined : join(directory, folderOf(region)),
    get changeCount() {
      return state.changeCount;
    },
    get failure() {
      return state.failure;
    },
    collection: (name, schema) => state.collection(`${region}/${name}`, schema),
    beforeCommit: (write) => state.beforeCommit(write),
    committed: () => state.committed(),
    // The whole state is closed by its owner.
    close: () => Promise.resolve(),
  };
}

/** Where the files of a region are, below the folder of the state. */
export function folderOf(region: string): string {
  return join('regions', region);
}

/** The regions that the state has records of. */
export function keptRegions(state: StateStore): readonly string[] {
  return Array.from(state.collection('regions', usedSchema).entries(), ([region]) => region);
}

/** Notes that a region is in use, so that a restart opens it again. */
export function keepRegion(state: StateStore, region: string): void {
  state.collection('regions', usedSchema).put(region, true);
}

const stackSchema = z.object({ name: z.string(), region: z.string(), status: z.string() });
const queueSchema = z.object({ identity: z.object({ arn: z.string() }) });

/**
 * Refuses the state of an earlier release, which kept the resources of all regions under one set of names.
 *
 * @throws StateFolderError naming the first stack or queue of another region
 */
export function checkRegions(state: StateStore): void {
  if (keptRegions(state).includes(defaultRegion)) return;
  const check = (what: string, region: string): void => {
    if (region === defaultRegion) return;
    throw new StateFolderError(
      `${state.directory} holds ${what} of ${region}, written by an earlier release, which kept all regions as one. Start with another folder, or delete this one and deploy again.`,
    );
  };
  for (const { name, region, status } of recordsLike(stackSchema, 'cloudformation/stacks', state)) {
    if (status !== 'DELETE_COMPLETE') check(`the stack ${name}`, region);
  }
  for (const { identity } of recordsLike(queueSchema, 'sqs/queues', state)) {
    const { region = defaultRegion, resource = '' } = parseArn(identity.arn) ?? {};
    check(`the queue ${resource}`, region);
  }
}

/** The service itself refuses a record that it cannot read. */
function recordsLike<T>(schema: z.ZodType<T>, collection: string, state: StateStore): readonly T[] {
  return Array.from(state.collection(collection, z.unknown()).entries(), ([, record]) => schema.safeParse(record))
    .filter((parsed) => parsed.success)
    .map((parsed) => parsed.data);
}
