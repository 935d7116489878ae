import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { checkOperators, type FilteringService } from './check-operators.ts';
import { compileAlternative, type Scalar } from './compile-alternative.ts';
import { invalidFilterPattern } from './invalid-filter-pattern.ts';
import { isRelation } from './is-relation.ts';

/** Tells whether the part of an event that a sub-pattern looks at fits; `root` is the whole event. */
type Test = (value: JsonValue | undefined, root: JsonValue) => boolean;

/**
 * Compiles an event pattern, the language of all filters.
 *
 * @param service refuses the operators that this service lacks
 * @throws InvalidFilterPattern
 */
export function compileFilterPattern(pattern: string, service?: FilteringService): (event: JsonValue) => boolean {
  const parsed = parse(pattern);
  const test = compileObject(parsed, []);
  if (service !== undefined) checkOperators(parsed, service);
  return (event) => test(event, event);
}

function parse(pattern: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(pattern);
  } catch {
    throw invalidFilterPattern();
  }
  if (!isJsonObject(parsed)) throw invalidFilterPattern();
  return parsed;
}

function compileObject(pattern: JsonObject, path: readonly string[]): Test {
  const fields = Object.entries(pattern).map(([name, value]) => compileField(name, value, path));
  if (fields.length === 0) throw invalidFilterPattern('Empty objects are not allowed');
  const fits = (value: JsonValue | undefined, root: JsonValue): boolean => {
    // All fields of a nested pattern must fit within the same element of a list.
    if (Array.isArray(value))
      return value.length === 0 ? fits(undefined, root) : value.some((item) => fits(item, root));
    return fields.every((field) => field(value, root));
  };
  return fits;
}

function compileField(name: string, value: JsonValue | undefined, path: readonly string[]): Test {
  if (name === '$or' && isRelation(value)) {
    const branches = value.map((branch) => compileObject(branch, path));
    return (parent, root) => branches.some((branch) => branch(parent, root));
  }
  const ownPath = [...path, name];
  if (isJsonObject(value)) {
    const nested = compileObject(value, ownPath);
    return (parent, root) => nested(member(parent, name), root);
  }
  if (!Array.isArray(value)) throw invalidFilterPattern(`"${name}" must be an object or an array`);
  if (value.length === 0) throw invalidFilterPattern('Empty arrays are not allowed');
  const alternatives = value.map(compileAlternative);
  const isAbsent = oncePerEvent((root) => leavesAt(root, ownPath).length === 0);
  return (parent, root) =>
    alternatives.some((alternative) =>
      alternative.kind === 'absent' ? isAbsent(root) : leaves(member(parent, name)).some(alternative.matches),
    );
}

/** Asked for every element of a list, it is the same for all of them. */
function oncePerEvent(test: (root: JsonValue) => boolean): (root: JsonValue) => boolean {
  let last: { readonly root: JsonValue; readonly result: boolean } | undefined;
  return (root) => {
    if (last === undefined || last.root !== root) last = { root, result: test(root) };
    return last.result;
  };
}

function member(parent: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(parent) && Object.hasOwn(parent, name) ? parent[name] : undefined;
}

function leavesAt(value: JsonValue | undefined, [name, ...rest]: readonly string[]): Scalar[] {
  if (name === undefined) return leaves(value);
  if (Array.isArray(value)) return value.flatMap((item) => leavesAt(item, [name, ...rest]));
  const next = member(value, name);
  return next === undefined ? [] : leavesAt(next, rest);
}

/** The scalars of a value: patterns look at leaves only, and a list stands for its elements. */
function leaves(value: JsonValue | undefined): Scalar[] {
  if (value === undefined || isJsonObject(value)) return [];
  return Array.isArray(value) ? value.flatMap(leaves) : [value];
}
