import { randomUUID } from 'node:crypto';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { KeyRing } from '../core/key-ring.ts';
import type { Code } from './code-store.ts';
import type { EnvironmentPool } from './environment-pool.ts';
import { checkFunctionKey } from './function-key.ts';
import { functionArn } from './function-name.ts';
import type { FunctionLayer, FunctionRecord, FunctionVersion } from './function-record.ts';
import { type Configuration, configure, defaultConfiguration, type Settings } from './function-settings.ts';
import { type FunctionStore, notFound } from './function-store.ts';
import type { FunctionLayers } from './layers/function-layers.ts';
import type { CodeSource, LoadCode } from './load-code.ts';

export type FunctionActionsOptions = {
  readonly clock: Clock;
  readonly functions: FunctionStore;
  readonly loadCode: LoadCode;
  readonly layers: FunctionLayers;
  readonly pool: EnvironmentPool;
  readonly mayAssume: (roleArn: string) => boolean;
  readonly keys: KeyRing;
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
    const { functions, loadCode } = this.#options;
    const refuseExisting = (): void => {
      if (functions.find(name) !== undefined) throw conflict(`Function already exist: ${name}`);
    };
    refuseExisting();
    const configuration = this.#configure(defaultConfiguration(name), settings);
    const code = await loadCode(source);
    const layers = await this.#prepareLayers(settings, code);
    refuseExisting();
    const arn = functionArn(region, name);
    const record: FunctionRecord = {
      name,
      arn,
      latest: {
        ...configuration,
        ...layers,
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
      provisioned: {},
      tags: { ...tags },
    };
    functions.put(record);
    return record;
  }

  /** What a package would become, without changing the function. */
  async previewCode(record: FunctionRecord, source: CodeSource): Promise<FunctionVersion> {
    return { ...record.latest, ...(await this.#options.loadCode(source)) };
  }

  async updateCode(record: FunctionRecord, source: CodeSource, settings: Settings = {}): Promise<FunctionVersion> {
    const code = await this.#options.loadCode(source);
    this.#checkPresent(record);
    return this.#changeLatest(record, { ...this.#configure(record.latest, settings), ...code });
  }

  async updateConfiguration(record: FunctionRecord, settings: Settings): Promise<FunctionVersion> {
    const layers = await this.#prepareLayers(settings, record.latest);
    this.#checkPresent(record);
    return this.#changeLatest(record, { ...this.#configure(record.latest, settings), ...layers });
  }

  /** The configuration becomes what `settings` says and the defaults for the rest, as templates mean it. */
  async replaceConfiguration(record: FunctionRecord, settings: Settings): Promise<FunctionVersion> {
    const layers = await this.#prepareLayers(settings, record.latest);
    this.#checkPresent(record);
    const configuration = this.#configure(defaultConfiguration(record.name), settings);
    const { functionName, functionArn, version, codeSha256, codeSize, lastModified, revisionId } = record.latest;
    const identity = { functionName, functionArn, version, codeSha256, codeSize, lastModified, revisionId };
    record.latest = { ...identity, ...configuration, ...layers };
    return this.#changeLatest(record, {});
  }

  remove(record: FunctionRecord): void {
    this.#options.functions.remove(record.name);
    this.#options.pool.retire(record.name);
  }

  /** @throws AwsError also InvalidParameterValueException for a role that does not trust Lambda, or a key that cannot be used */
  #configure(base: Configuration, settings: Settings): Configuration {
    const configuration = configure(base, settings);
    if (settings.Role !== undefined && !this.#options.mayAssume(settings.Role)) {
      throw new AwsError(
        'InvalidParameterValueException',
        'The role defined for the function cannot be assumed by Lambda.',
      );
    }
    if (settings.KmsKeyArn) checkFunctionKey(this.#options.keys, settings.KmsKeyArn);
    return configuration;
  }

  #changeLatest(record: FunctionRecord, changes: Partial<Configuration & Code>): FunctionVersion {
    record.latest = { ...record.latest, ...changes, lastModified: this.#now(), revisionId: randomUUID() };
    this.#options.functions.changed();
    this.#options.pool.retire(record.name);
    return record.latest;
  }

  /** The layers that `settings` names, ready to use; an empty object when it names none, which leaves those there are. */
  async #prepareLayers(
    { Layers: arns }: Settings,
    { codeSha256 }: Pick<Code, 'codeSha256'>,
  ): Promise<{ readonly layers?: FunctionLayer[] }> {
    return arns === undefined ? {} : { layers: [...(await this.#options.layers.prepare(arns, codeSha256))] };
  }

  /** @throws AwsError ResourceNotFoundException for a function that was deleted in the meantime */
  #checkPresent(record: FunctionRecord): void {
    if (this.#options.functions.find(record.name) !== record) throw notFound(`Function not found: ${record.arn}`);
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
