import * as z from 'zod';
import { type Parameter, parameterTypes } from './parameter.ts';
import { validation } from './parameter-error.ts';
import { latestOf } from './parameter-store.ts';

export const filterSchema = z.strictObject({
  Key: z.string(),
  Option: z.string().optional(),
  Values: z.array(z.string()).max(50).default([]),
});

type Filter = z.infer<typeof filterSchema>;

/** @throws AwsError for a filter that the endpoint does not know */
export function parameterFilter(filters: readonly Filter[]): (parameter: Parameter) => boolean {
  const tests = filters.map(compile);
  return (parameter) => tests.every((test) => test(parameter));
}

function compile({ Key, Option, Values }: Filter): (parameter: Parameter) => boolean {
  const [kind = '', tag = ''] = Key.split(':', 2);
  switch (kind) {
    case 'Name':
      return byName(Option ?? 'Equals', Values);
    case 'Path': {
      const isRecursive = Option === 'Recursive';
      return ({ name }) => Values.some((path) => isBelow(name, path, isRecursive));
    }
    case 'Type': {
      const unknown = Values.find((value) => !parameterTypes.some((type) => type === value));
      if (unknown !== undefined) throw validation(`The filter value ${unknown} is not a type of parameter.`);
      return (parameter) => Values.includes(latestOf(parameter).type);
    }
    case 'KeyId':
      return (parameter) => Values.includes(latestOf(parameter).keyId ?? '');
    case 'Tier':
      return (parameter) => Values.includes(latestOf(parameter).tier);
    case 'Label':
      return ({ versions }) => versions.some(({ labels }) => labels.some((label) => Values.includes(label)));
    case 'tag':
      return ({ tags }) => Object.hasOwn(tags, tag) && (Values.length === 0 || Values.includes(tags[tag] ?? ''));
    default:
      throw validation(`The local endpoint does not know the filter key ${Key} of Parameter Store.`);
  }
}

function byName(option: string, values: readonly string[]): (parameter: Parameter) => boolean {
  switch (option) {
    case 'Equals':
      return ({ name }) => values.includes(name);
    case 'BeginsWith':
      return ({ name }) => values.some((value) => name.startsWith(value) || name.startsWith(`/${value}`));
    case 'Contains':
      return ({ name }) => values.some((value) => name.includes(value));
    default:
      throw validation(
        `The filter option ${option} is not valid for the key Name. Valid options: Equals, BeginsWith, Contains.`,
      );
  }
}

/** Whether a name is below a path: `/a/b` is below `/a`, `/a/b/c` is so recursively. */
export function isBelow(name: string, path: string, isRecursive: boolean): boolean {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  return name.startsWith(prefix) && (isRecursive || !name.slice(prefix.length).includes('/'));
}
