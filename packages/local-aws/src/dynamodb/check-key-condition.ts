import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';

/**
 * DynamoDB refuses a key condition on a value of another type than the key's; the engine compares and finds nothing.
 *
 * @param typeOf the type in a table's AttributeDefinitions
 * @throws AwsError ValidationException
 */
export function checkKeyCondition(input: JsonObject, typeOf: (attribute: string) => string | undefined): void {
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
    else {
      const expected = attribute === undefined ? undefined : typeOf(attribute);
      const [actual] = members(values.get(token)).keys();
      if (expected !== undefined && actual !== undefined && actual !== expected) {
        throw new AwsError(
          'ValidationException',
          'One or more parameter values were invalid: Condition parameter type does not match schema type',
        );
      }
    }
  }
}

function members(value: JsonValue | undefined): ReadonlyMap<string, JsonValue | undefined> {
  return new Map(value !== undefined && isJsonObject(value) ? Object.entries(value) : []);
}
