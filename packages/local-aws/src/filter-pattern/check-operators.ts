import { isJsonObject, type JsonObject } from '../core/json.ts';
import { type InvalidFilterPattern, invalidFilterPattern } from './invalid-filter-pattern.ts';
import { isRelation } from './is-relation.ts';

/** Who filters by a pattern. Rules of EventBridge have every operator and need no check. */
export type FilteringService = keyof typeof lacking;

const negations = ['equals-ignore-case', 'suffix', 'wildcard'].map((inner) => `anything-but/${inner}`);
const ignoringCase = ['prefix/equals-ignore-case', 'suffix/equals-ignore-case'];

/**
 * What a service lacks of the operators of EventBridge, one within another after a slash. AWS documents what each has:
 * - docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 * - docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html ("Pipe support")
 * - docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
const lacking = {
  mapping: new Set(['wildcard', 'cidr', 'anything-but/prefix', ...negations, ...ignoringCase]),
  pipe: new Set(['wildcard', 'anything-but/prefix', ...negations]),
  subscription: new Set(['wildcard', ...negations, ...ignoringCase]),
};

/**
 * Refuses the operators that a service lacks.
 *
 * @param pattern one that compiles
 * @throws InvalidFilterPattern that names the operator
 */
export function checkOperators(pattern: JsonObject, service: FilteringService): void {
  for (const [name, value] of Object.entries(pattern)) {
    if (isJsonObject(value)) checkOperators(value, service);
    else if (name === '$or' && isRelation(value)) for (const branch of value) checkOperators(branch, service);
    else if (Array.isArray(value)) for (const matcher of value.filter(isJsonObject)) checkMatcher(matcher, service);
  }
}

function checkMatcher(matcher: JsonObject, service: FilteringService): void {
  for (const [name, operand] of Object.entries(matcher)) {
    const [inner] = operand !== undefined && isJsonObject(operand) ? Object.keys(operand) : [];
    if (lacking[service].has(inner === undefined ? name : `${name}/${inner}`)) throw unsupported(service, name, inner);
  }
}

function unsupported(service: FilteringService, name: string, inner: string | undefined): InvalidFilterPattern {
  const operator = inner === undefined ? name : `${name} with ${inner}`;
  const message = `Invalid filter pattern definition. The operator ${operator} is not supported in a ${service} filter.`;
  return invalidFilterPattern(reasonOf(name, inner), message);
}

function reasonOf(name: string, inner: string | undefined): string {
  if (inner === undefined) return `Unrecognized match type ${name}`;
  return name === 'anything-but'
    ? `Unsupported anything-but pattern: ${inner}`
    : `${name} match pattern must be a string`;
}
