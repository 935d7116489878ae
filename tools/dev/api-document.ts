import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

/**
 * Reads the specification of a service, with what it refers to in other files put in place: the console shows it as one
 * document. Undefined for a stack whose service has none.
 */
export function apiDocument(root: string, stackName: string): object | undefined {
  const file = join(root, 'openapi', `${stackName.replace(/-[^-]+$/, '')}.yml`);
  if (!existsSync(file)) return undefined;
  const read = new Map<string, unknown>();
  const contentOf = (path: string): unknown => {
    if (!read.has(path)) read.set(path, parse(readFileSync(path, 'utf8')));
    return read.get(path);
  };
  /** References within the document itself stay; those of another file are resolved against that file. */
  const inline = (value: unknown, from: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => inline(item, from));
    if (!isObject(value)) return value;
    const { $ref: reference } = value;
    if (typeof reference !== 'string' || (from === file && reference.startsWith('#'))) {
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inline(member, from)]));
    }
    const [path = '', pointer = ''] = reference.split('#');
    const target = path === '' ? from : join(dirname(from), path);
    return inline(resolve(contentOf(target), pointer), target);
  };
  const document = inline(contentOf(file), file);
  return isObject(document) ? document : undefined;
}

function resolve(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), document);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
