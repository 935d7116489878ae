import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import { property } from '../core/resource-type.ts';
import type { FunctionRecord } from './function-record.ts';
import type { FunctionStore } from './function-store.ts';
import { deleteProvisioned, putProvisioned } from './provisioned-actions.ts';
import type { ProvisionedEnvironments } from './provisioned-environments.ts';

/** `ProvisionedConcurrencyConfig` of versions and aliases in templates. */
export const provisionedProperty = z.strictObject({ ProvisionedConcurrentExecutions: property.integer() }).optional();

export type ProvisionedPorts = {
  readonly functions: FunctionStore;
  readonly provisioned: ProvisionedEnvironments;
  readonly clock: Clock;
};

/** Requests what a template asks for, and waits until it is ready. @throws Error when a limit forbids it or INIT fails */
export async function provision(
  { functions, provisioned, clock }: ProvisionedPorts,
  record: FunctionRecord,
  qualifier: string,
  config: z.infer<typeof provisionedProperty>,
): Promise<void> {
  const requested = config?.ProvisionedConcurrentExecutions;
  if (requested === undefined) {
    deleteProvisioned(functions, record, qualifier);
    return;
  }
  if (record.provisioned[qualifier]?.requested !== requested) {
    putProvisioned(functions, record, { qualifier, requested, now: clock.now() });
  }
  await provisioned.ready(record, qualifier);
}
