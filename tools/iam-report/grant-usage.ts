import * as z from 'zod';

const part = z.object({ text: z.string(), uses: z.number() });
const usage = z.object({
  isEnforced: z.boolean(),
  roles: z.array(
    z.object({
      role: z.string(),
      grants: z.array(
        z.object({
          policy: z.string(),
          sid: z.string().optional(),
          actions: z.array(part),
          resources: z.array(part),
        }),
      ),
      denied: z.array(z.object({ action: z.string(), resource: z.string(), count: z.number() })),
    }),
  ),
});

/** What the page `/_local/iam` tells: what each role may do, and how often it did. */
export type GrantUsage = z.infer<typeof usage>;
export type RoleUsage = GrantUsage['roles'][number];

/** @throws Error when it is not what the page tells, or when nothing was held to its policies */
export function parseGrantUsage(text: string): GrantUsage {
  const parsed = usage.parse(JSON.parse(text));
  if (!parsed.isEnforced) throw new Error('The endpoint was started with --no-iam: nothing is known of what was used.');
  return parsed;
}
