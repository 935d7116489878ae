import { AwsError } from '../core/aws-error.ts';
import { Mirror } from '../core/mirror.ts';
import { NameIndex, type NamePage, type NameQuery } from '../core/name-index.ts';
import type { StateStore } from '../core/state-store.ts';
import { type FunctionReference, functionArn } from './function-name.ts';
import { type Alias, type FunctionRecord, type FunctionVersion, functionRecordSchema } from './function-record.ts';

/** What a name with a qualifier stands for. */
export type Target = {
  readonly record: FunctionRecord;
  readonly version: FunctionVersion;
  readonly qualifier: string | undefined;
  /** With the qualifier as given, which is what `context.invokedFunctionArn` shows. */
  readonly arn: string;
};

export class FunctionStore {
  readonly #mirror: Mirror<FunctionRecord>;
  readonly #records = new NameIndex<FunctionRecord>();
  readonly #listeners: (() => void)[] = [];

  constructor(state: StateStore) {
    this.#mirror = new Mirror(state, 'lambda/functions', functionRecordSchema, () => this.#records);
    for (const [name, record] of this.#mirror.kept()) this.#records.set(name, record);
  }

  /** By name. */
  all(): FunctionRecord[] {
    return [...this.#records.values()];
  }

  /** A page of the functions, in the order of their names. */
  page(query: NameQuery<FunctionRecord>): NamePage<FunctionRecord> {
    return this.#records.page(query);
  }

  find(name: string): FunctionRecord | undefined {
    return this.#records.get(name);
  }

  /**
   * @param missing the qualifier that the error shows
   * @throws AwsError ResourceNotFoundException
   */
  get({ name, region, qualifier }: FunctionReference, ownRegion: string, missing = qualifier): FunctionRecord {
    checkRegion(region, ownRegion);
    const record = this.#records.get(name);
    if (record !== undefined) return record;
    throw notFound(`Function not found: ${functionArn(ownRegion, name, missing)}`);
  }

  /**
   * @param missing the qualifier that the error shows for an unknown function
   * @throws AwsError ResourceNotFoundException for an unknown function, version or alias
   */
  resolve(reference: FunctionReference, region: string, missing = reference.qualifier): Target {
    const record = this.get(reference, region, missing);
    const { qualifier } = reference;
    if (qualifier === undefined) return { record, version: record.latest, qualifier, arn: record.arn };
    const arn = `${record.arn}:${qualifier}`;
    const alias = record.aliases.find(({ name }) => name === qualifier);
    const version = findVersion(record, alias === undefined ? qualifier : pickVersion(alias));
    if (version === undefined) throw notFound(`Function not found: ${arn}`);
    return { record, version, qualifier, arn };
  }

  put(record: FunctionRecord): void {
    this.#records.set(record.name, record);
    this.changed();
  }

  remove(name: string): void {
    this.#records.delete(name);
    this.changed();
  }

  /** To be called after every change of a record. */
  changed(): void {
    this.#mirror.changed();
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` after every change of a record. */
  onChanged(listener: () => void): void {
    this.#listeners.push(listener);
  }
}

export function findVersion(record: FunctionRecord, version: string): FunctionVersion | undefined {
  return version === '$LATEST' ? record.latest : record.versions.find((candidate) => candidate.version === version);
}

/** @throws AwsError ResourceNotFoundException when an ARN names another region */
export function checkRegion(region: string | undefined, ownRegion: string): void {
  if (region === undefined || region === ownRegion) return;
  throw notFound(`Functions from '${region}' are not reachable in this region ('${ownRegion}')`);
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, 404, { Type: 'User' });
}

/** A weighted alias sends each invocation to one of its versions by chance. */
function pickVersion({ version, weights }: Alias): string {
  let remaining = Math.random();
  for (const [other, weight] of Object.entries(weights)) {
    remaining -= weight;
    if (remaining < 0) return other;
  }
  return version;
}
