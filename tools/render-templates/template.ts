import * as z from 'zod';

const resourceSchema = z.looseObject({
  Type: z.string(),
  Condition: z.string().optional(),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  Properties: z.record(z.string(), z.unknown()).optional(),
});

/** A template of CloudFormation, as far as more is to be known of it than that it is JSON. */
export const templateSchema = z.looseObject({
  Conditions: z.record(z.string(), z.unknown()).optional(),
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown(), Condition: z.string().optional() })).optional(),
});

export type Template = z.infer<typeof templateSchema>;
