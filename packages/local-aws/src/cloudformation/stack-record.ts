import * as z from 'zod';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';

const json = z.custom<JsonValue>((value) => value !== undefined);
const jsonObject = z.custom<JsonObject>(isJsonObject);

/** A resource that the stack has, or failed to get. Records are replaced, never changed. */
const stackResourceSchema = z.object({
  logicalId: z.string(),
  type: z.string(),
  /** Empty until the resource exists. */
  physicalId: z.string(),
  attributes: z.record(z.string(), json),
  /** Whether the attributes are masked where they are shown. */
  isSecret: z.boolean().optional(),
  /** As last applied, with every intrinsic resolved. */
  properties: jsonObject,
  dependsOn: z.array(z.string()),
  deletionPolicy: z.enum(['Delete', 'Retain', 'RetainExceptOnCreate']),
  updateReplacePolicy: z.enum(['Delete', 'Retain']),
  metadata: jsonObject.optional(),
  generation: z.number(),
  status: z.string(),
  reason: z.string().optional(),
  updatedAt: z.number(),
});

const outputSchema = z.object({
  key: z.string(),
  value: z.string(),
  description: z.string().optional(),
  exportName: z.string().optional(),
});

export const eventSchema = z.object({
  id: z.string(),
  /** Grows with every event of the stack. */
  position: z.number(),
  logicalId: z.string(),
  physicalId: z.string(),
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  properties: jsonObject.optional(),
  time: z.number(),
  /** The ClientRequestToken of the operation that it is part of. */
  token: z.string().optional(),
});

/** What a stack is to become: everything that the caller of an operation decides. */
const desiredSchema = z.object({
  templateBody: z.string(),
  parameters: z.record(z.string(), z.string()),
  /** What Parameter Store had for the parameters that name a value there. */
  storedValues: z.record(z.string(), z.string()).optional(),
  tags: z.record(z.string(), z.string()),
  capabilities: z.array(z.string()),
  notificationArns: z.array(z.string()),
  roleArn: z.string().optional(),
});

const changeSchema = z.object({
  action: z.enum(['Add', 'Modify', 'Remove']),
  logicalId: z.string(),
  physicalId: z.string().optional(),
  type: z.string(),
  replacement: z.enum(['True', 'False', 'Conditional']).optional(),
  /** Names of the changed properties with whether they recreate the resource. */
  properties: z.array(z.object({ name: z.string(), recreates: z.boolean(), dynamic: z.boolean() })),
  tags: z.boolean(),
  /** What happens to the physical resource that is removed or replaced. */
  policyAction: z.enum(['Delete', 'Retain', 'ReplaceAndDelete', 'ReplaceAndRetain']).optional(),
  /** All properties of the resource as it stands, and as it is to be. */
  before: jsonObject.optional(),
  after: jsonObject.optional(),
});

const onFailureSchema = z.enum(['ROLLBACK', 'DELETE', 'DO_NOTHING']);

const changeSetSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['CREATE', 'UPDATE']),
  description: z.string().optional(),
  desired: desiredSchema,
  changes: z.array(changeSchema),
  status: z.enum(['CREATE_COMPLETE', 'FAILED']),
  reason: z.string().optional(),
  executionStatus: z.enum(['UNAVAILABLE', 'AVAILABLE', 'EXECUTE_IN_PROGRESS', 'EXECUTE_COMPLETE', 'EXECUTE_FAILED']),
  onFailure: onFailureSchema.optional(),
  createdAt: z.number(),
});

export const stackSchema = z.object({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  createdAt: z.number(),
  updatedAt: z.number().optional(),
  deletedAt: z.number().optional(),
  /** What it was last brought to. */
  current: desiredSchema,
  description: z.string().optional(),
  outputs: z.array(outputSchema),
  /** Names of the exports of other stacks that this one uses. */
  imports: z.array(z.string()),
  resources: z.array(stackResourceSchema),
  /**
   * Physical resources that are still there and no longer, or not again, the ones of their logical id. An update that
   * succeeds and a deletion delete all of them; a rollback only those whose status says that their deletion has begun,
   * because others may still be referred to.
   */
  leftovers: z.array(stackResourceSchema),
  /** Oldest first. */
  events: z.array(eventSchema),
  changeSets: z.array(changeSetSchema),
  changeSetId: z.string().optional(),
  terminationProtection: z.boolean(),
  disableRollback: z.boolean(),
  /** The ClientRequestToken of the latest operation. */
  token: z.string().optional(),
});

export type Stack = z.infer<typeof stackSchema>;
export type StackResource = z.infer<typeof stackResourceSchema>;
export type StackOutput = z.infer<typeof outputSchema>;
export type StackEvent = z.infer<typeof eventSchema>;
export type Desired = z.infer<typeof desiredSchema>;
export type ChangeSet = z.infer<typeof changeSetSchema>;
export type Change = z.infer<typeof changeSchema>;
export type OnFailure = z.infer<typeof onFailureSchema>;

export function resourceOf(stack: Stack, logicalId: string): StackResource | undefined {
  return stack.resources.find((resource) => resource.logicalId === logicalId);
}

/** A resource that exists. What is left of a failed creation is to be deleted, but is not the resource. */
export function isMade({ physicalId, status }: Pick<StackResource, 'physicalId' | 'status'>): boolean {
  return physicalId !== '' && status !== 'CREATE_FAILED';
}

export function putResource(stack: Stack, resource: StackResource): void {
  const at = stack.resources.findIndex(({ logicalId }) => logicalId === resource.logicalId);
  if (at < 0) stack.resources.push(resource);
  else stack.resources[at] = resource;
}

export function removeResource(stack: Stack, logicalId: string): void {
  stack.resources = stack.resources.filter((resource) => resource.logicalId !== logicalId);
}

export function addLeftover(stack: Stack, resource: StackResource): void {
  stack.leftovers.push(resource);
}

export function removeLeftover(stack: Stack, resource: StackResource): void {
  stack.leftovers = stack.leftovers.filter((other) => other !== resource);
}
