import * as z from 'zod';

/** A statement of the policy of a function or a layer version. */
export const statementSchema = z.object({
  Sid: z.string(),
  Effect: z.literal('Allow'),
  Principal: z.union([z.string(), z.record(z.string(), z.string())]),
  Action: z.string(),
  Resource: z.string(),
  Condition: z.record(z.string(), z.record(z.string(), z.string())).optional(),
});
export type PolicyStatement = z.infer<typeof statementSchema>;
