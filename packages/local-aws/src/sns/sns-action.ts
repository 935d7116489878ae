import * as z from 'zod';
import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { ActionContext } from '../core/json-protocol.ts';
import type { QueryAction, QueryInput, QueryOutput } from '../core/query-protocol.ts';

export type SnsAction = QueryAction;

/** An action whose input is parsed first. @throws AwsError InvalidParameter */
export function snsAction<S extends z.ZodType>(
  schema: S,
  run: (input: z.output<S>, context: ActionContext) => object,
): SnsAction {
  return (input, context) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw invalid(`${issue?.path.join('.') ?? ''} Reason: ${issue?.message ?? 'invalid'}`);
    }
    checkRegion(input, context.region);
    return toOutput(run(parsed.data, context));
  };
}

const arnMembers = ['TopicArn', 'TargetArn', 'SubscriptionArn', 'ResourceArn'];

/** SNS takes an ARN of another region for one that is not valid. @throws AwsError InvalidParameter */
export function checkRegion(input: QueryInput, region: string): void {
  for (const name of arnMembers) {
    const value = input[name];
    const named = typeof value === 'string' ? parseArn(value)?.region : undefined;
    if (named !== undefined && named !== region) throw invalid(name);
  }
}

/** What JSON cannot hold stays out, maps stay maps. */
function toOutput(result: object): QueryOutput {
  return Object.fromEntries(Object.entries(result));
}

/** A list in a form: an empty one arrives as text, one of its elements alone may be no list. */
export function list<S extends z.ZodType>(element: S) {
  return z.preprocess((value) => (value === undefined || value === '' ? [] : value), z.array(element));
}

/** A map in a form, `Attributes.entry.1.key`. */
export function map() {
  return list(z.object({ key: z.string(), value: z.string().default('') })).transform((entries) =>
    Object.fromEntries(entries.map(({ key, value }) => [key, value])),
  );
}

/** @throws AwsError */
export function checkArn(parameter: string, arn: string): void {
  const elements = arn.split(':').length;
  if (elements < 6) throw invalid(`${parameter} Reason: An ARN must have at least 6 elements, not ${elements}`);
}

export function invalid(reason: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${reason}`);
}
