import * as z from 'zod';
import { compileWildcard } from '../core/wildcard.ts';

const oneOrMore = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const statementSchema = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore,
  Resource: oneOrMore,
  // An Allow must not count for more than it says.
  Condition: z.undefined('the local endpoint does not evaluate conditions').optional(),
});

/** The policy that an authorizer function returns. */
export const invokePolicySchema = z.looseObject({
  Statement: z.union([statementSchema.transform((statement) => [statement]), z.array(statementSchema)]),
});
export type InvokePolicy = z.infer<typeof invokePolicySchema>;

/** Whether a policy lets a caller through to `arn`; an explicit Deny wins, and silence is a no. */
export function allowsInvoke({ Statement }: InvokePolicy, arn: string): boolean {
  const effects = Statement.filter(
    ({ Action, Resource }) =>
      Action.some((pattern) => compileWildcard(pattern.toLowerCase())('execute-api:invoke')) &&
      Resource.some((pattern) => compileWildcard(pattern)(arn)),
  ).map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}
