import type { JsonValue } from '../core/json.ts';
import type { Resolver } from './resolver.ts';
import type { StackOutput } from './stack-record.ts';
import { templateError } from './template-error.ts';

/**
 * The outputs whose condition holds.
 * @param resolve how to resolve a value; planning allows for what is not known yet
 */
export function resolveOutputs(
  resolver: Resolver,
  resolve: (value: JsonValue) => JsonValue | undefined = (value) => resolver.resolve(value),
): StackOutput[] {
  return [...resolver.scope.template.outputs]
    .filter(([, { Condition }]) => Condition === undefined || resolver.condition(Condition, 'Outputs'))
    .map(([key, { Value, Description, Export }]) => ({
      key,
      value: text(resolve(Value), key),
      description: Description,
      exportName: Export === undefined ? undefined : text(resolve(Export.Name), key),
    }));
}

function text(value: JsonValue | undefined, key: string): string {
  if (value === undefined || typeof value === 'object') {
    throw templateError(`Template format error: The Value field of Outputs/${key} must evaluate to a String.`);
  }
  return String(value);
}
