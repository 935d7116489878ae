import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { compileFilterPattern } from '../filter-pattern/compile-filter-pattern.ts';
import { InvalidFilterPattern } from '../filter-pattern/invalid-filter-pattern.ts';
import type { MessageAttributes } from '../sqs/message.ts';

const maxCombinations = 150;

type Filterable = { readonly message: string; readonly attributes: MessageAttributes };
export type SubscriptionFilter = (notification: Filterable) => boolean;

/** The filter policy of a subscription, on attributes or on the body. @throws AwsError InvalidParameter */
export function compileSubscriptionFilter(attributes: Readonly<Record<string, string>>): SubscriptionFilter {
  const { FilterPolicy: policy, FilterPolicyScope: scope = 'MessageAttributes' } = attributes;
  if (scope !== 'MessageAttributes' && scope !== 'MessageBody') {
    throw invalid(`FilterPolicyScope: Invalid value [${scope}]. Please use either MessageBody or MessageAttributes`);
  }
  if (policy === undefined || policy === '' || policy === '{}') return () => true;
  const parsed = parse(policy);
  if (!isJsonObject(parsed)) throw invalid('FilterPolicy: failed to parse JSON.');
  checkPolicy(parsed, scope);
  const matches = compile(policy);
  return scope === 'MessageBody'
    ? ({ message }) => {
        const body = parse(message);
        return isJsonObject(body) && matches(body);
      }
    : (notification) => matches(toEvent(notification.attributes));
}

function checkPolicy(policy: JsonObject, scope: string): void {
  if (Object.keys(policy).filter((key) => key !== '$or').length > 5) {
    throw invalid('FilterPolicy: Filter policy can not have more than 5 keys');
  }
  if (combinationsOf(policy) > maxCombinations) throw invalid('FilterPolicy: Filter policy is too complex');
  const isNested = Object.values(policy).some(isJsonObject);
  if (isNested && scope === 'MessageAttributes') {
    throw invalid('Filter policy scope MessageAttributes does not support nested filter policy');
  }
}

/** As AWS counts: the values of each key times its depth, multiplied. The branches of `$or` add up. */
function combinationsOf(policy: JsonObject, depth = 1): number {
  return Object.entries(policy).reduce((product, [key, value]) => {
    if (isJsonObject(value)) return product * combinationsOf(value, depth + 1);
    if (!Array.isArray(value)) return product;
    if (key !== '$or') return product * value.length * depth;
    return product * value.filter(isJsonObject).reduce((sum, branch) => sum + combinationsOf(branch, depth), 0);
  }, 1);
}

function compile(policy: string): (event: JsonValue) => boolean {
  try {
    return compileFilterPattern(policy, 'subscription');
  } catch (error) {
    throw error instanceof InvalidFilterPattern ? invalid(`FilterPolicy: ${error.reason}`) : error;
  }
}

/** Numbers compare as numbers, and arrays match when one of their elements does. */
function toEvent(attributes: MessageAttributes): JsonObject {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, { DataType, StringValue }]): [string, JsonValue][] => {
      if (StringValue === undefined) return [];
      if (DataType === 'String.Array') return [[name, parse(StringValue) ?? StringValue]];
      return [[name, DataType.startsWith('Number') ? Number(StringValue) : StringValue]];
    }),
  );
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(reason: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${reason}`);
}
