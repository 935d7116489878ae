import * as z from 'zod';

const ids = z.array(z.string());

/** How the deploy of one service ended. */
export const deployResultSchema = z.intersection(
  z.object({ service: z.string(), seconds: z.number() }),
  z.discriminatedUnion('state', [
    z.object({ state: z.literal('created'), resources: z.number() }),
    /** The logical ids of the resources that the update touched. */
    z.object({ state: z.literal('updated'), changes: z.object({ added: ids, changed: ids, removed: ids }) }),
    z.object({ state: z.literal('unchanged') }),
    z.object({ state: z.literal('failed'), error: z.string() }),
  ]),
);

export type DeployResult = z.infer<typeof deployResultSchema>;
