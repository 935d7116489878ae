import { randomUUID } from 'node:crypto';
import type { FunctionRecord, FunctionVersion } from './function-record.ts';

/** Freezes `$LATEST`, or returns the last version when nothing changed since. The caller notes the change. */
export function publishVersion(record: FunctionRecord, description?: string): FunctionVersion {
  const last = record.versions.at(-1);
  if (last !== undefined && isCopyOf(last, record.latest)) return last;
  const version: FunctionVersion = {
    ...record.latest,
    version: String(record.nextVersion),
    description: description || record.latest.description,
    publishedDescription: record.latest.description,
    revisionId: randomUUID(),
  };
  record.nextVersion += 1;
  record.versions.push(version);
  return version;
}

function isCopyOf(version: FunctionVersion, latest: FunctionVersion): boolean {
  const { publishedDescription: description = version.description } = version;
  return contentOf({ ...version, description }) === contentOf(latest);
}

function contentOf({ version, revisionId, lastModified, publishedDescription, ...rest }: FunctionVersion): string {
  return JSON.stringify(Object.entries(rest).sort(([one], [other]) => (one < other ? -1 : 1)));
}
