import { randomUUID } from 'node:crypto';
import type { FunctionRecord, FunctionVersion } from './function-record.ts';

/** Freezes `$LATEST`, or returns the last version when nothing changed since. The caller notes the change. */
export function publishVersion(record: FunctionRecord, description?: string): FunctionVersion {
  const last = record.versions.at(-1);
  if (last !== undefined && sameContent(last, record.latest)) return last;
  const version: FunctionVersion = {
    ...record.latest,
    version: String(record.nextVersion),
    description: description || record.latest.description,
    revisionId: randomUUID(),
  };
  record.nextVersion += 1;
  record.versions.push(version);
  return version;
}

function sameContent(a: FunctionVersion, b: FunctionVersion): boolean {
  const content = ({ version, revisionId, lastModified, description, ...rest }: FunctionVersion): string =>
    JSON.stringify(Object.entries(rest).sort(([one], [other]) => (one < other ? -1 : 1)));
  return content(a) === content(b);
}
