import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { NameIndex } from '../core/name-index.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import { checkName, checkValue } from './check-parameter.ts';
import { type Parameter, type ParameterVersion, parameterSchema } from './parameter.ts';
import { defaultKey } from './parameter-encryption.ts';
import { parameterNotFound, validation, versionNotFound } from './parameter-error.ts';

type NewValue = {
  readonly name: string;
  readonly value: string;
  readonly type: ParameterVersion['type'] | undefined;
  readonly modifiedBy: string;
  readonly isOverwrite: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** Called with the version before it is kept. @throws AwsError */
  readonly checkKey?: (version: ParameterVersion) => void;
} & Partial<Pick<ParameterVersion, 'description' | 'allowedPattern' | 'tier' | 'dataType' | 'keyId'>>;

export type Selected = {
  readonly parameter: Parameter;
  readonly version: ParameterVersion;
  /** `:3` or `:label` as asked for; undefined for the newest version. */
  readonly selector: string | undefined;
};

const keptVersions = 100;

/** The parameters of all regions. */
export class ParameterStore {
  readonly #clock: Clock;
  readonly #kept: Collection<Parameter>;
  readonly #regions = new Map<string, NameIndex<Parameter>>();

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock;
    this.#kept = state.collection('ssm/parameters', parameterSchema);
    for (const [, parameter] of this.#kept.entries()) this.#index(parameter.region).set(parameter.name, parameter);
  }

  /** @throws AwsError when the name, the value or the combination is not valid */
  put(region: string, { name, value, isOverwrite, modifiedBy, tags, checkKey, ...given }: NewValue): ParameterVersion {
    checkName(name);
    const existing = this.#index(region).get(name);
    const latest = existing?.versions.at(-1);
    if (latest !== undefined && !isOverwrite) {
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    const type = given.type ?? latest?.type;
    if (type === undefined) throw validation('A parameter type is required when you create a parameter.');
    if (latest !== undefined && (latest.type === 'SecureString') !== (type === 'SecureString')) {
      throw new AwsError('HierarchyTypeMismatchException', `Parameter ${name} cannot be changed to the type ${type}.`);
    }
    const version: ParameterVersion = {
      version: (latest?.version ?? 0) + 1,
      value,
      type,
      lastModified: this.#clock.now(),
      modifiedBy,
      description: given.description ?? latest?.description,
      allowedPattern: given.allowedPattern ?? latest?.allowedPattern,
      tier: given.tier ?? latest?.tier ?? 'Standard',
      dataType: given.dataType ?? latest?.dataType ?? 'text',
      keyId: type === 'SecureString' ? (given.keyId ?? latest?.keyId ?? defaultKey) : undefined,
      labels: [],
    };
    checkValue(version);
    checkKey?.(version);
    const versions = [...(existing?.versions ?? []), version].slice(-keptVersions);
    this.#keep({ name, region, tags: existing?.tags ?? tags, versions });
    return version;
  }

  /** @param reference the name, `name:3`, `name:label` or the ARN of a parameter. @throws AwsError */
  select(region: string, reference: string): Selected {
    const [, named = reference, selector] = /^([^:]+)(?::([^:]+))?$/.exec(nameIn(reference)) ?? [];
    const parameter = this.find(region, named);
    if (selector === undefined) return { parameter, version: latestOf(parameter), selector };
    const version = parameter.versions.find(
      (candidate) => String(candidate.version) === selector || candidate.labels.includes(selector),
    );
    if (version === undefined) throw versionNotFound(named, selector);
    return { parameter, version, selector: `:${selector}` };
  }

  /** @throws AwsError ParameterNotFound */
  find(region: string, name: string): Parameter {
    const index = this.#index(region);
    // An ARN does not tell whether the name begins with a slash.
    const found = index.get(name) ?? index.get(`/${name}`);
    if (found === undefined) throw parameterNotFound();
    return found;
  }

  has(region: string, name: string): boolean {
    return this.#index(region).has(name);
  }

  /** In the order of their names. @param after the last name of the page before */
  *entries(region: string, prefix = '', after?: string): Generator<Parameter> {
    for (const [, parameter] of this.#index(region).entries(prefix, after)) yield parameter;
  }

  /** @returns false when there is no such parameter */
  delete(region: string, name: string): boolean {
    this.#kept.delete(keyOf(region, name));
    return this.#index(region).delete(name);
  }

  setTags(parameter: Parameter, tags: Readonly<Record<string, string>>): void {
    this.#keep({ ...parameter, tags: { ...tags } });
  }

  /** Moves labels to a version, which then are on no other. @throws AwsError */
  label(parameter: Parameter, number: number, labels: readonly string[]): void {
    if (!parameter.versions.some(({ version }) => version === number))
      throw versionNotFound(parameter.name, String(number));
    const versions = parameter.versions.map((version) => {
      const others = version.labels.filter((label) => !labels.includes(label));
      return { ...version, labels: version.version === number ? [...others, ...labels] : others };
    });
    if (versions.some((version) => version.labels.length > 10)) {
      throw new AwsError('ParameterVersionLabelLimitExceeded', 'A parameter version can have maximum 10 labels.');
    }
    this.#keep({ ...parameter, versions });
  }

  #keep(parameter: Parameter): void {
    this.#index(parameter.region).set(parameter.name, parameter);
    this.#kept.put(keyOf(parameter.region, parameter.name), parameter);
  }

  #index(region: string): NameIndex<Parameter> {
    const index = this.#regions.get(region) ?? new NameIndex<Parameter>();
    this.#regions.set(region, index);
    return index;
  }
}

export function latestOf({ name, versions }: Parameter): ParameterVersion {
  const latest = versions.at(-1);
  if (latest === undefined) throw new Error(`The parameter ${name} has no version`);
  return latest;
}

function nameIn(reference: string): string {
  return /^arn:[^:]+:ssm:[^:]*:[^:]*:parameter\/(.+)$/.exec(reference)?.[1] ?? reference;
}

function keyOf(region: string, name: string): string {
  return `${region}\n${name}`;
}
