import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Service } from './project.ts';

export type Params = Readonly<Record<string, string>>;

const byStageSchema = z.record(z.string(), z.record(z.string(), z.unknown()).nullable());

/** Reads `name=value` texts, of which the last of a name counts. @throws Error on how to mend one */
export function parseParams(texts: readonly string[]): Params {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^([^=\s]+)=(.+)$/.exec(text) ?? [];
      if (name === undefined || value === undefined) {
        throw new Error(`--param takes name=value with a value that is not empty, not "${text}".`);
      }
      return [name, value];
    }),
  );
}

/**
 * A misspelt parameter would silently change nothing, since the Serverless CLI takes any.
 * @throws Error that names one that no service of the project has
 */
export function checkParams(root: string, services: readonly Service[], params: Params): void {
  const file = join(root, 'shared', 'serverless', 'params.yml');
  if (!existsSync(file)) return;
  const byStage = byStageSchema.parse(parse(readFileSync(file, 'utf8')));
  const known = new Set([
    ...Object.values(byStage).flatMap((ofStage) => Object.keys(ofStage ?? {})),
    ...services.flatMap((service) => Object.keys(service.params)),
  ]);
  const unknown = Object.keys(params).find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new Error(`There is no parameter "${unknown}". Parameters: ${[...known].sort().join(', ')}.`);
}
