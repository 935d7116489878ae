import { spend } from './budget.ts';
import { isMap, memberOf, VtlError, type VtlValue } from './value.ts';

type Selector =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'every' }
  | { readonly kind: 'filter'; readonly keep: (item: VtlValue) => boolean };
type Segment = { readonly isDeep: boolean; readonly selector: Selector };

/** Far above any path that is written by hand; a path may also come from the request. */
const maxPathLength = 4096;
/** Jackson, which reads JSON for API Gateway, refuses deeper values. */
const maxDepth = 1000;

const cache = new Map<string, readonly Segment[]>();

/**
 * Reads a JSONPath as Jayway's library does, which API Gateway uses: a definite path yields the value or undefined, one
 * with a wildcard, a union, a slice, a filter or `..` yields a list.
 *
 * @throws VtlError for a path that it cannot read
 */
export function jsonPath(root: VtlValue, path: string): VtlValue {
  const segments = parsePath(path);
  let found: VtlValue[] = [root];
  let isDefinite = true;
  for (const { isDeep, selector } of segments) {
    isDefinite &&= !isDeep && isSingle(selector);
    found = (isDeep ? found.flatMap(withDescendants) : found).flatMap((value) => select(value, selector));
  }
  return isDefinite ? found[0] : found;
}

function isSingle(selector: Selector): boolean {
  if (selector.kind === 'names') return selector.names.length === 1;
  return selector.kind === 'indexes' && selector.indexes.length === 1;
}

function select(value: VtlValue, selector: Selector): VtlValue[] {
  spend(1);
  switch (selector.kind) {
    case 'names':
      return selector.names.flatMap((name) =>
        isMap(value) && Object.hasOwn(value, name) ? [memberOf(value, name)] : [],
      );
    case 'indexes':
      return selector.indexes.flatMap((index) => {
        const at = Array.isArray(value) && index < 0 ? value.length + index : index;
        return Array.isArray(value) && at in value ? [value[at]] : [];
      });
    case 'slice':
      return Array.isArray(value) ? value.slice(selector.from, selector.to) : [];
    case 'every':
      return children(value);
    case 'filter':
      return (Array.isArray(value) ? value : [value]).filter(selector.keep);
  }
}

function children(value: VtlValue): VtlValue[] {
  const found = Array.isArray(value) ? [...value] : isMap(value) ? Object.values(value) : [];
  spend(found.length);
  return found;
}

function withDescendants(value: VtlValue): VtlValue[] {
  const found: VtlValue[] = [];
  const visit = (node: VtlValue, depth: number): void => {
    if (depth > maxDepth) throw new VtlError(`the JSON is nested more than ${maxDepth} levels deep`);
    found.push(node);
    for (const child of children(node)) visit(child, depth + 1);
  };
  visit(value, 0);
  return found;
}

const name = String.raw`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"`;
const step = new RegExp(
  [
    String.raw`(?<deep>\.\.)?(?:(?<!\.)\.)?(?:(?<star>\*)|(?<plain>[^.[\]()*?'"\s,@$]+))`,
    String.raw`(?<deepBracket>\.\.)?\[\s*(?:(?<every>\*)|(?<names>(?:${name})(?:\s*,\s*(?:${name}))*)|(?<indexes>-?\d+(?:\s*,\s*-?\d+)*)|(?<slice>-?\d*\s*:\s*-?\d*)|\?\((?<filter>(?:${name}|[^'"\]])*?)\))\s*\]`,
  ].join('|'),
  'y',
);

function parsePath(path: string): readonly Segment[] {
  const known = cache.get(path);
  if (known !== undefined) return known;
  if (path.length > maxPathLength) throw new VtlError(`a JSONPath of more than ${maxPathLength} characters`);
  const segments: Segment[] = [];
  const text = path.startsWith('$') ? path.slice(1) : `.${path}`;
  step.lastIndex = 0;
  while (step.lastIndex < text.length) {
    const groups = step.exec(text)?.groups;
    if (groups === undefined) throw new VtlError(`cannot read the JSONPath ${path}`);
    segments.push({ isDeep: (groups.deep ?? groups.deepBracket) !== undefined, selector: selectorOf(groups, path) });
  }
  if (cache.size > 1000) cache.clear();
  cache.set(path, segments);
  return segments;
}

function selectorOf(groups: Partial<Record<string, string>>, path: string): Selector {
  if (groups.plain !== undefined) return { kind: 'names', names: [groups.plain] };
  if (groups.names !== undefined) return { kind: 'names', names: quotedNames(groups.names) };
  if (groups.indexes !== undefined) return { kind: 'indexes', indexes: groups.indexes.split(',').map(Number) };
  if (groups.slice !== undefined) {
    const [from = '', to = ''] = groups.slice.split(':').map((part) => part.trim());
    return { kind: 'slice', from: from === '' ? undefined : Number(from), to: to === '' ? undefined : Number(to) };
  }
  if (groups.filter !== undefined) return { kind: 'filter', keep: parseFilter(groups.filter.trim(), path) };
  return { kind: 'every' };
}

function quotedNames(text: string): string[] {
  return [...text.matchAll(new RegExp(name, 'g'))].map(([quoted]) => unquote(quoted));
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

const comparison = new RegExp(
  String.raw`^(@[^\s=!<>]*)\s*(?:(==|!=|<=|>=|<|>)\s*(${name}|-?\d+(?:\.\d+)?|true|false|null))?$`,
);

/** Comparisons of a member with a constant, or its mere presence, joined by `&&` and `||`. */
function parseFilter(filter: string, path: string): (item: VtlValue) => boolean {
  const alternatives = filter
    .split(/\s*\|\|\s*/)
    .map((all) => all.split(/\s*&&\s*/).map((part) => parseComparison(part, path)));
  return (item) => alternatives.some((all) => all.every((test) => test(item)));
}

function parseComparison(part: string, path: string): (item: VtlValue) => boolean {
  const [, member, operator, constant] = comparison.exec(part) ?? [];
  if (member === undefined) throw new VtlError(`cannot read the filter "${part}" of the JSONPath ${path}`);
  const read = (item: VtlValue): VtlValue => jsonPath(item, `$${member.slice(1)}`);
  if (operator === undefined || constant === undefined) return (item) => read(item) !== undefined;
  const expected: VtlValue = /^['"]/.test(constant) ? unquote(constant) : JSON.parse(constant);
  return (item) => compare(read(item), operator, expected);
}

function compare(actual: VtlValue, operator: string, expected: VtlValue): boolean {
  if (operator === '==') return actual === expected;
  if (operator === '!=') return actual !== expected;
  if (typeof actual !== typeof expected || (typeof actual !== 'number' && typeof actual !== 'string')) return false;
  if (typeof expected !== 'number' && typeof expected !== 'string') return false;
  if (operator === '<') return actual < expected;
  if (operator === '<=') return actual <= expected;
  return operator === '>' ? actual > expected : actual >= expected;
}
