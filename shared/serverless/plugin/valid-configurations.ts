import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AwsProvider, Serverless, Service } from './framework.ts';

const cache = fileURLToPath(new URL('../../../node_modules/.cache/valid-configurations/', import.meta.url));

/** What validation makes of a value at a place in the configuration, such as a list of one. */
type Conversion = { readonly path: readonly string[]; readonly value: unknown };

type Validated = Pick<Serverless, 'version' | 'configSchemaHandler'> & {
  readonly service: Pick<Service, 'service' | 'configValidationMode'>;
  getProvider(name: 'aws'): Pick<AwsProvider, 'getStage'>;
};

type Known = { readonly fingerprint: string; readonly conversions: readonly Conversion[] };

/**
 * Has the framework validate a configuration only once: its validator is 8 MB of generated code and takes a second to
 * load. A configuration is known if it, the schema and the framework are the same as in the last faultless validation of
 * this service and stage. Validation also converts values; a known configuration gets the same conversions.
 */
export function rememberValidConfigurations(serverless: Validated, folder: string = cache): void {
  const { configSchemaHandler, service, version } = serverless;
  const validate = configSchemaHandler.validateConfig.bind(configSchemaHandler);
  configSchemaHandler.validateConfig = async (configuration) => {
    const stage = serverless.getProvider('aws').getStage();
    const file = join(folder, `${encodeURIComponent(`${service.service}-${stage}`)}.json`);
    const before = textOf(configuration);
    const fingerprint = fingerprintOf(textOf([version, process.version, configSchemaHandler.schema]), before);
    const known = readKnown(file);
    if (known?.fingerprint === fingerprint) {
      for (const conversion of known.conversions) convert(configuration, conversion);
      return;
    }
    await validate(configuration);
    if (service.configValidationMode !== 'error') return;
    const conversions = [...findConversions(JSON.parse(before), JSON.parse(textOf(configuration)))];
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, JSON.stringify({ fingerprint, conversions }));
  };
}

function readKnown(file: string): Known | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Another command is writing it.
    return undefined;
  }
}

function fingerprintOf(...texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:`).update(text);
  return hash.digest('hex');
}

/** A value as text, with regular expressions and functions, which JSON has not. */
export function textOf(value: object): string {
  return JSON.stringify(value, (_key, part) =>
    part instanceof RegExp || typeof part === 'function' ? String(part) : part,
  );
}

function* findConversions(before: unknown, after: unknown, path: readonly string[] = []): Iterable<Conversion> {
  if (before === after) return;
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after)) {
    yield { path, value: after };
    return;
  }
  for (const [key, value] of Object.entries(after)) {
    yield* findConversions(Reflect.get(before, key), value, [...path, key]);
  }
}

function convert(configuration: object, { path, value }: Conversion): void {
  const owner = path
    .slice(0, -1)
    .reduce<unknown>((part, key) => (isContainer(part) ? Reflect.get(part, key) : part), configuration);
  const key = path.at(-1);
  if (isContainer(owner) && key !== undefined) Reflect.set(owner, key, value);
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
