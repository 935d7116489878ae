import type { Clock } from '../../core/clock.ts';
import { functionUrlId } from '../../core/function-url-id.ts';
import { conflict } from '../function-actions.ts';
import { constraintError, type FunctionReference } from '../function-name.ts';
import type { FunctionRecord } from '../function-record.ts';
import { type FunctionStore, notFound } from '../function-store.ts';
import { policyKey } from '../resource-policy.ts';
import { readUrlSettings, type UrlConfig, type UrlSettings } from './url-config.ts';

export type FunctionUrlsOptions = {
  readonly functions: FunctionStore;
  readonly region: string;
  readonly clock: Clock;
};

/** A URL with the function or alias that it leads to. */
export type FunctionUrl = {
  readonly config: UrlConfig;
  readonly record: FunctionRecord;
  readonly qualifier: string | undefined;
  /** With the qualifier. */
  readonly arn: string;
};

type Owner = { readonly name: string; readonly qualifier: string | undefined };

/** The URLs of the functions of a region. A function has one, and each of its aliases. */
export class FunctionUrls {
  readonly #options: FunctionUrlsOptions;
  /** By id. A URL goes with its function or alias, so an owner found here may have none any more. */
  readonly #owners = new Map<string, Owner>();

  constructor(options: FunctionUrlsOptions) {
    this.#options = options;
    for (const record of options.functions.all()) {
      for (const { config, qualifier } of urlsOf(record)) {
        this.#owners.set(config.id, { name: record.name, qualifier });
      }
    }
  }

  /** @throws AwsError ResourceNotFoundException, ResourceConflictException, ValidationException */
  create(reference: FunctionReference, settings: UrlSettings & { readonly AuthType: string }): FunctionUrl {
    const { functions, clock } = this.#options;
    const target = this.#target(reference);
    const { record, qualifier, arn } = target;
    const key = policyKey(qualifier);
    if (record.urls?.[key] !== undefined) {
      throw conflict(
        `Failed to create function url config for [functionArn = ${arn}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
      );
    }
    const now = new Date(clock.now()).toISOString();
    const config: UrlConfig = {
      authType: 'NONE',
      ...readUrlSettings(settings),
      id: functionUrlId(arn),
      createdAt: now,
      modifiedAt: now,
    };
    record.urls = { ...record.urls, [key]: config };
    this.#owners.set(config.id, { name: record.name, qualifier });
    functions.changed();
    return { ...target, config };
  }

  /** Changes what `settings` names. @throws AwsError ResourceNotFoundException, ValidationException */
  update(reference: FunctionReference, settings: UrlSettings): FunctionUrl {
    const { functions, clock } = this.#options;
    const target = this.#target(reference);
    const { record, qualifier } = target;
    const key = policyKey(qualifier);
    const current = record.urls?.[key];
    if (current === undefined) throw missing();
    const config: UrlConfig = {
      ...current,
      ...readUrlSettings(settings),
      modifiedAt: new Date(clock.now()).toISOString(),
    };
    record.urls = { ...record.urls, [key]: config };
    functions.changed();
    return { ...target, config };
  }

  /** @throws AwsError ResourceNotFoundException */
  get(reference: FunctionReference): FunctionUrl {
    checkQualifier(reference.qualifier);
    const record = this.#options.functions.find(reference.name);
    const found = record && urlsOf(record).find(({ qualifier }) => qualifier === reference.qualifier);
    if (found === undefined) throw missing();
    return found;
  }

  /** @throws AwsError ResourceNotFoundException */
  remove(reference: FunctionReference): void {
    const { record, qualifier, config } = this.get(reference);
    Reflect.deleteProperty(record.urls ?? {}, policyKey(qualifier));
    this.#owners.delete(config.id);
    this.#options.functions.changed();
  }

  /** The URLs of a function and its aliases. @throws AwsError ResourceNotFoundException */
  list(reference: FunctionReference): readonly FunctionUrl[] {
    const record = this.#options.functions.find(reference.name);
    if (record === undefined) throw noFunction();
    return urlsOf(record);
  }

  byId(id: string): FunctionUrl | undefined {
    const owner = this.#owners.get(id);
    const record = owner && this.#options.functions.find(owner.name);
    return record && urlsOf(record).find(({ config }) => config.id === id);
  }

  /** Whether there is a URL of this id, or was one that went with its function or alias. */
  has(id: string): boolean {
    return this.#owners.has(id);
  }

  #target(reference: FunctionReference): Omit<FunctionUrl, 'config'> {
    const { functions, region } = this.#options;
    const { name, qualifier } = reference;
    checkQualifier(qualifier);
    const record = functions.find(name);
    const isElsewhere = reference.region !== undefined && reference.region !== region;
    if (record === undefined || isElsewhere) throw noFunction();
    if (qualifier === undefined) return { record, qualifier, arn: record.arn };
    if (!record.aliases.some((alias) => alias.name === qualifier)) throw noFunction();
    return { record, qualifier, arn: `${record.arn}:${qualifier}` };
  }
}

function urlsOf(record: FunctionRecord): FunctionUrl[] {
  return Object.entries(record.urls ?? {}).map(([key, config]) => {
    const qualifier = key === policyKey(undefined) ? undefined : key;
    return { config, record, qualifier, arn: qualifier === undefined ? record.arn : `${record.arn}:${qualifier}` };
  });
}

/** URLs lead to `$LATEST`, which no qualifier names, or to an alias. */
function checkQualifier(qualifier: string | undefined): void {
  if (qualifier === undefined || /^(?!\d+$)[0-9a-zA-Z-_]+$/.test(qualifier)) return;
  throw constraintError(qualifier, 'qualifier', String.raw`regular expression pattern: ((?!^\d+$)^[0-9a-zA-Z-_]+$)`);
}

function noFunction() {
  return notFound('Function does not exist');
}

function missing() {
  return notFound('The resource you requested does not exist.');
}
