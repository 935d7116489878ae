import { existsSync, readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import * as z from 'zod';

/** Seconds of each unit of a rate. */
const seconds = { s: 1, min: 60, h: 3600, d: 86_400 } as const;
type RateUnit = keyof typeof seconds;

const loadSchema = z.record(z.string(), z.union([z.number(), z.string()]));

/**
 * Operations in a month by name, of a file in YAML or JSON (`tasks.createTask: 20/s`) or of a text
 * (`tasks.createTask=20/s,tasks.getTask=1000000`). A number is a month's.
 *
 * @throws Error that names what cannot be read
 */
export function readLoad(source: string, names: readonly string[], hoursPerMonth: number): ReadonlyMap<string, number> {
  const entries = source.includes('=') && !existsSync(source) ? parseText(source) : parseFile(source);
  const load = new Map<string, number>();
  for (const [name, rate] of entries) {
    if (!names.includes(name)) {
      throw new Error(`There is no operation "${name}". There are:\n${names.map((each) => `  ${each}`).join('\n')}`);
    }
    if (load.has(name)) throw new Error(`${name} is in the load twice.`);
    load.set(name, perMonth(name, rate, hoursPerMonth));
  }
  if (load.size === 0) throw new Error(`${source} has no operations.`);
  return load;
}

function parseText(text: string): readonly (readonly [string, string])[] {
  return text.split(',').map((part) => {
    const [name = '', rate, ...rest] = part.split('=').map((each) => each.trim());
    if (name === '' || rate === undefined || rest.length > 0) {
      throw new Error(`"${part}" is not an operation with its rate, such as tasks.createTask=20/s.`);
    }
    return [name, rate];
  });
}

function parseFile(file: string): readonly (readonly [string, string | number])[] {
  if (!existsSync(file)) {
    throw new Error(
      `There is no file ${file}, and it is not a list such as tasks.createTask=20/s,tasks.getTask=1000000.`,
    );
  }
  const { data, error } = loadSchema.safeParse(parseYaml(file));
  if (error === undefined) return Object.entries(data);
  throw new Error(`${file} is not a list of operations with their rates, such as "tasks.createTask: 20/s".`);
}

function parseYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw error instanceof YAMLParseError ? new Error(`${file} is not YAML: ${error.message}`) : error;
  }
}

function perMonth(name: string, rate: string | number, hoursPerMonth: number): number {
  const [, count = '', unit] = /^(\d+(?:\.\d+)?(?:e\d+)?)(?:\/(s|min|h|d|month))?$/i.exec(String(rate)) ?? [];
  if (count === '') {
    throw new Error(`The rate "${rate}" of ${name} is not a number, or a number with /s, /min, /h, /d or /month.`);
  }
  return isRateUnit(unit) ? (Number(count) * hoursPerMonth * 3600) / seconds[unit] : Number(count);
}

function isRateUnit(unit: string | undefined): unit is RateUnit {
  return unit !== undefined && Object.hasOwn(seconds, unit);
}
