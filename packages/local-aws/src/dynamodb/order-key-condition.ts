import { isJsonObject, type JsonObject } from '../core/json.ts';

/** AWS's limit of an expression; the engine refuses longer ones. */
const maxExpression = 4096;

/** Puts the condition on the partition key first, because the engine takes the first equality for it. */
export function orderKeyCondition(input: JsonObject, partitionKey: string | undefined): JsonObject {
  const { KeyConditionExpression: condition, ExpressionAttributeNames: names = {} } = input;
  if (typeof condition !== 'string' || condition.length > maxExpression || partitionKey === undefined) return input;
  const parts = conjuncts(condition);
  if (parts === undefined) return input;
  const [first, second] = parts;
  const keyOf = (part: string): string => {
    const [name = ''] = /[#\w][\w.-]*/.exec(part.replace(/\bbegins_with\b|:[\w.-]+/g, '')) ?? [];
    return isJsonObject(names) && Object.hasOwn(names, name) ? String(names[name]) : name;
  };
  if (keyOf(first) === partitionKey || keyOf(second) !== partitionKey) return input;
  return { ...input, KeyConditionExpression: `${second} AND ${first}` };
}

/** The two conditions that `AND` joins; undefined for one condition. */
function conjuncts(expression: string): [string, string] | undefined {
  let depth = 0;
  let isRange = false;
  for (const { 0: token, index } of expression.matchAll(/[()]|[#:]?[\w.-]+/g)) {
    const word = token.toUpperCase();
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (word === 'BETWEEN') isRange = true;
    else if (word === 'AND' && isRange) isRange = false;
    else if (word === 'AND' && depth === 0) return [expression.slice(0, index), expression.slice(index + token.length)];
  }
  const [, inner] = /^\s*\((.*)\)\s*$/s.exec(expression) ?? [];
  return inner === undefined ? undefined : conjuncts(inner);
}
