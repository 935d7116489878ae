import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';

/**
 * DynamoDB refuses a key condition on a value of another type than the key's; the engine compares and finds nothing.
 *
 * @param typeOf the type in a table's AttributeDefinitions
 * @throws AwsError ValidationException
 */
export function checkKeyCondition(input: JsonObject, typeOf: (attribute: string) => string | undefined): void {
  for (const { attribute, value } of comparisons(input)) {
    const expected = typeOf(attribute);
    const [actual] = members(value).keys();
    if (expected !== undefined && actual !== undefined && actual !== expected) {
      throw new AwsError(
        'ValidationException',
        'One or more parameter values were invalid: Condition parameter type does not match schema type',
      );
    }
  }
}

/** The value that a key condition compares an attribute with; undefined when it does not name the attribute. */
export function comparedValue(input: JsonObject, attribute: string): JsonValue | undefined {
  for (const comparison of comparisons(input)) if (comparison.attribute === attribute) return comparison.value;
  return undefined;
}

function* comparisons(input: JsonObject): Iterable<{ attribute: string; value: JsonValue | undefined }> {
  const { KeyConditionExpression: condition } = input;
  if (typeof condition !== 'string') return;
  const names = members(input.ExpressionAttributeNames);
  const values = members(input.ExpressionAttributeValues);
  let attribute: string | undefined;
  let isRange = false;
  for (const [token] of condition.matchAll(/[#:]?[\w.-]+/g)) {
    const word = token.toUpperCase();
    if (word === 'BETWEEN') isRange = true;
    else if (word === 'AND') {
      if (!isRange) attribute = undefined;
      isRange = false;
    } else if (!token.startsWith(':')) attribute = String(names.get(token) ?? token);
    else if (attribute !== undefined) yield { attribute, value: values.get(token) };
  }
}

function members(value: JsonValue | undefined): ReadonlyMap<string, JsonValue | undefined> {
  return new Map(value !== undefined && isJsonObject(value) ? Object.entries(value) : []);
}
