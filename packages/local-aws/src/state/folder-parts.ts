import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { defaultRegion } from '../core/arn.ts';
import type { StateStore } from '../core/state-store.ts';
import { folderOf, keptRegions } from './regional-state.ts';
import { StateFolderError } from './state-folder-error.ts';

/** What a folder of `--persist` has besides the state, once an endpoint has started on it. */
const databasePart = 'dynamodb.db';
const parts = [databasePart, 's3', 'lambda/code'] as const;
/** State of releases before version 1, which kept each service in a file of its own. */
const oldDocuments = /^(?:sqs|sns|cloudformation|iam|rest-apis|apigatewayv2|oidc|alarms|dynamodb-settings)\.json$/;

/**
 * Refuses a folder that has lost a part: a start without it would go on with half of what was kept.
 *
 * @throws StateFolderError naming the part
 */
export function checkFolder(folder: string): void {
  const old = readdirSync(folder).find((name) => oldDocuments.test(name));
  if (old !== undefined) {
    throw new StateFolderError(
      `${join(folder, old)} was written by an earlier release, whose state this one cannot read. Start with another folder, or delete this one.`,
    );
  }
  if (existsSync(join(folder, 'state.db'))) return;
  const left = parts.find((part) => existsSync(join(folder, part)));
  if (left === undefined) return;
  throw new StateFolderError(`${join(folder, 'state.db')} is missing, but ${join(folder, left)} is there. ${wayOut}`);
}

const partSchema = z.literal(true);

/** To be called on the opened state, before the services open theirs. @throws StateFolderError */
export function checkParts(state: StateStore): void {
  const { directory } = state;
  if (directory === undefined) return;
  const noted = Array.from(state.collection('folder/parts', partSchema).entries(), ([part]) => part);
  for (const part of [...noted, ...databasesOfRegions(state)]) {
    if (existsSync(join(directory, part))) continue;
    throw new StateFolderError(
      `${join(directory, part)} is missing, but ${join(directory, 'state.db')} is there. ${wayOut}`,
    );
  }
}

/** To be called when all services have opened their parts. */
export function noteParts(state: StateStore): void {
  const kept = state.collection('folder/parts', partSchema);
  for (const part of parts) kept.put(part, true);
}

function databasesOfRegions(state: StateStore): readonly string[] {
  return keptRegions(state).flatMap((region) => (region === defaultRegion ? [] : join(folderOf(region), databasePart)));
}

const wayOut = 'Restore the folder from a copy, or start with another one.';
