import { randomUUID } from 'node:crypto';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { Code, CodeStore } from './code-store.ts';
import type { EnvironmentPool } from './environment-pool.ts';
import { checkZippedSize } from './extract-zip.ts';
import { functionArn } from './function-name.ts';
import type { FunctionRecord, FunctionVersion } from './function-record.ts';
import { type Configuration, configure, defaultConfiguration, type Settings } from './function-settings.ts';
import { type FunctionStore, notFound } from './function-store.ts';

/** Where a deployment package comes from. */
export type CodeSource =
  | { readonly zip: Buffer }
  | { readonly bucket: string; readonly key: string; readonly objectVersion?: string | undefined };

export type FetchObject = (bucket: string, key: string, version?: string) => Promise<Buffer>;

export type FunctionActionsOptions = {
  readonly clock: Clock;
  readonly functions: FunctionStore;
  readonly code: CodeStore;
  readonly pool: EnvironmentPool;
  readonly fetchObject: FetchObject;
  readonly mayAssume: (roleArn: string) => boolean;
};

export type NewFunction = {
  readonly name: string;
  readonly region: string;
  readonly settings: Settings;
  readonly source: CodeSource;
  readonly tags: Readonly<Record<string, string>>;
};

/** The changes of functions that the API and CloudFormation both make. */
export class FunctionActions {
  readonly #options: FunctionActionsOptions;

  constructor(options: FunctionActionsOptions) {
    this.#options = options;
  }

  async create({ name, region, settings, source, tags }: NewFunction): Promise<FunctionRecord> {
    const { functions } = this.#options;
    const refuseExisting = (): void => {
      if (functions.find(name) !== undefined) throw conflict(`Function already exist: ${name}`);
    };
    refuseExisting();
    const configuration = this.#configure(defaultConfiguration(name), settings);
    const code = await this.#addCode(source);
    refuseExisting();
    const arn = functionArn(region, name);
    const record: FunctionRecord = {
      name,
      arn,
      latest: {
        ...configuration,
        ...code,
        functionName: name,
        functionArn: arn,
        version: '$LATEST',
        lastModified: this.#now(),
        revisionId: randomUUID(),
      },
      versions: [],
      nextVersion: 1,
      aliases: [],
      policies: {},
      eventInvoke: {},
      tags: { ...tags },
    };
    functions.put(record);
    return record;
  }

  /** What a package would become, without changing the function. */
  async previewCode(record: FunctionRecord, source: CodeSource): Promise<FunctionVersion> {
    return { ...record.latest, ...(await this.#addCode(source)) };
  }

  async updateCode(record: FunctionRecord, source: CodeSource, settings: Settings = {}): Promise<FunctionVersion> {
    const code = await this.#addCode(source);
    if (this.#options.functions.find(record.name) !== record) {
      throw notFound(`Function not found: ${record.arn}`);
    }
    return this.#changeLatest(record, { ...this.#configure(record.latest, settings), ...code });
  }

  updateConfiguration(record: FunctionRecord, settings: Settings): FunctionVersion {
    return this.#changeLatest(record, this.#configure(record.latest, settings));
  }

  /** The configuration becomes what `settings` says and the defaults for the rest, as templates mean it. */
  replaceConfiguration(record: FunctionRecord, settings: Settings): FunctionVersion {
    const configuration = this.#configure(defaultConfiguration(record.name), settings);
    const { functionName, functionArn, version, codeSha256, codeSize, lastModified, revisionId } = record.latest;
    const identity = { functionName, functionArn, version, codeSha256, codeSize, lastModified, revisionId };
    record.latest = { ...identity, ...configuration };
    return this.#changeLatest(record, {});
  }

  remove(record: FunctionRecord): void {
    this.#options.functions.remove(record.name);
    this.#options.pool.retire(record.name);
  }

  /** @throws AwsError also InvalidParameterValueException for a role that does not trust Lambda */
  #configure(base: Configuration, settings: Settings): Configuration {
    const configuration = configure(base, settings);
    if (settings.Role !== undefined && !this.#options.mayAssume(settings.Role)) {
      throw new AwsError(
        'InvalidParameterValueException',
        'The role defined for the function cannot be assumed by Lambda.',
      );
    }
    return configuration;
  }

  #changeLatest(record: FunctionRecord, changes: Partial<Configuration & Code>): FunctionVersion {
    record.latest = { ...record.latest, ...changes, lastModified: this.#now(), revisionId: randomUUID() };
    this.#options.functions.changed();
    this.#options.pool.retire(record.name);
    return record.latest;
  }

  async #addCode(source: CodeSource): Promise<Code> {
    if (!('zip' in source)) return this.#options.code.add(await this.#fetch(source));
    checkZippedSize(source.zip);
    return this.#options.code.add(source.zip);
  }

  async #fetch({ bucket, key, objectVersion }: Exclude<CodeSource, { zip: Buffer }>): Promise<Buffer> {
    try {
      return await this.#options.fetchObject(bucket, key, objectVersion);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new AwsError(
        'InvalidParameterValueException',
        `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`,
        400,
        { Type: 'User' },
      );
    }
  }

  #now(): string {
    return new Date(this.#options.clock.now()).toISOString().replace('Z', '+0000');
  }
}

export function conflict(message: string): AwsError {
  return new AwsError('ResourceConflictException', message, 409, { Type: 'User' });
}

/** Refuses a change that was based on another state of the function. */
export function checkRevision(expected: string | undefined, actual: string): void {
  if (expected === undefined || expected === actual) return;
  throw new AwsError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    412,
    { Type: 'User' },
  );
}
