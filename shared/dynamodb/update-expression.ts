import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';

type UpdateExpression = Required<
  Pick<UpdateCommandInput, 'UpdateExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>
>;

/**
 * Sets every attribute that has a value and removes the ones that are undefined. Names go through placeholders, since
 * half of the words one wants (`name`, `status`, `owner`) are reserved. At least one attribute must have a value.
 */
export function updateExpression(attributes: Readonly<Record<string, unknown>>): UpdateExpression {
  const names = Object.keys(attributes);
  const kept = names.filter((name) => attributes[name] !== undefined);
  const removed = names.filter((name) => attributes[name] === undefined);
  const set = `SET ${kept.map((name) => `#${name} = :${name}`).join(', ')}`;
  const remove = removed.length > 0 ? ` REMOVE ${removed.map((name) => `#${name}`).join(', ')}` : '';
  return {
    UpdateExpression: set + remove,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(kept.map((name) => [`:${name}`, attributes[name]])),
  };
}
