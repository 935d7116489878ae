import { AwsError } from '../core/aws-error.ts';
import { checkProvisioned, checkRouting } from './check-provisioned.ts';
import type { FunctionRecord, ProvisionedConfig } from './function-record.ts';
import type { FunctionStore } from './function-store.ts';
import { initFailure, type ProvisionedEnvironments } from './provisioned-environments.ts';

export type ProvisionedRequest = { readonly qualifier: string; readonly requested: number; readonly now: number };

/** @throws AwsError when a limit or another configuration forbids it */
export function putProvisioned(
  functions: FunctionStore,
  record: FunctionRecord,
  { qualifier, requested, now }: ProvisionedRequest,
): ProvisionedConfig {
  checkProvisioned(functions, record, { qualifier, requested });
  const config = { requested, lastModified: now };
  record.provisioned[qualifier] = config;
  functions.changed();
  return config;
}

/** Succeeds when there is none. @throws AwsError while the alias has weights */
export function deleteProvisioned(functions: FunctionStore, record: FunctionRecord, qualifier: string): void {
  if (record.provisioned[qualifier] === undefined) return;
  checkRouting(record, qualifier);
  Reflect.deleteProperty(record.provisioned, qualifier);
  functions.changed();
}

export function provisionedView(
  environments: ProvisionedEnvironments,
  record: FunctionRecord,
  qualifier: string,
): object {
  const config = record.provisioned[qualifier];
  if (config === undefined) {
    throw new AwsError(
      'ProvisionedConcurrencyConfigNotFoundException',
      'No Provisioned Concurrency Config found for this function',
      404,
      { Type: 'User' },
    );
  }
  const { status, allocated } = environments.stateOf(record, qualifier);
  return {
    RequestedProvisionedConcurrentExecutions: config.requested,
    AvailableProvisionedConcurrentExecutions: allocated,
    AllocatedProvisionedConcurrentExecutions: allocated,
    Status: status,
    ...(status === 'FAILED' && { StatusReason: initFailure }),
    LastModified: new Date(config.lastModified).toISOString().replace(/\.\d+Z$/, '+0000'),
  };
}
