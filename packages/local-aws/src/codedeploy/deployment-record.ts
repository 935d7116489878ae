import * as z from 'zod';

export const rollbackEvents = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'] as const;

export const applicationSchema = z.object({
  name: z.string(),
  id: z.string(),
  createdAt: z.number(),
  tags: z.record(z.string(), z.string()),
});
export type Application = z.infer<typeof applicationSchema>;

export const groupSchema = z.object({
  applicationName: z.string(),
  name: z.string(),
  id: z.string(),
  configName: z.string(),
  serviceRoleArn: z.string(),
  alarms: z.object({ enabled: z.boolean(), ignoresPollFailure: z.boolean(), names: z.array(z.string()) }),
  rollback: z.object({ enabled: z.boolean(), events: z.array(z.enum(rollbackEvents)) }),
  tags: z.record(z.string(), z.string()),
});
export type DeploymentGroup = z.infer<typeof groupSchema>;

/** In the order in which they run. */
export const lifecycleEvents = ['BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic'] as const;
export type LifecycleEventName = (typeof lifecycleEvents)[number];

const eventSchema = z.object({
  name: z.enum(lifecycleEvents),
  status: z.enum(['Pending', 'InProgress', 'Succeeded', 'Failed', 'Skipped']),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  /** Why it failed. */
  message: z.string().optional(),
});
export type LifecycleEvent = z.infer<typeof eventSchema>;

const errorSchema = z.object({
  code: z.enum([
    'ALARM_ACTIVE',
    'HOOK_EXECUTION_FAILURE',
    'IAM_ROLE_MISSING',
    'IAM_ROLE_PERMISSIONS',
    'INTERNAL_ERROR',
    'INVALID_LAMBDA_CONFIGURATION',
    'MANUAL_STOP',
  ]),
  message: z.string(),
});
export type DeploymentError = z.infer<typeof errorSchema>;

export const deploymentSchema = z.object({
  id: z.string(),
  applicationName: z.string(),
  groupName: z.string(),
  configName: z.string(),
  creator: z.enum(['user', 'codeDeployRollback']),
  status: z.enum(['InProgress', 'Succeeded', 'Failed', 'Stopped']),
  createdAt: z.number(),
  completedAt: z.number().optional(),
  error: errorSchema.optional(),
  rollback: z
    .object({
      /** The deployment that takes this one back. */
      deploymentId: z.string().optional(),
      /** The deployment that this one takes back. */
      triggeringDeploymentId: z.string().optional(),
      message: z.string(),
    })
    .optional(),
  functionName: z.string(),
  alias: z.string(),
  currentVersion: z.string(),
  targetVersion: z.string(),
  /** The share of invocations that goes to the target version. */
  weight: z.number(),
  /** Functions that are invoked before and after the traffic is shifted. */
  hooks: z.object({ BeforeAllowTraffic: z.string().optional(), AfterAllowTraffic: z.string().optional() }),
  events: z.array(eventSchema),
});
export type Deployment = z.infer<typeof deploymentSchema>;
