import type { AwsApi } from '../core/aws-api.ts';
import type { Clock } from '../core/clock.ts';
import { jsonApi } from '../core/json-protocol.ts';
import type { KeyRing } from '../core/key-ring.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { parameterActions } from './parameter-actions.ts';
import { parameterResourceType } from './parameter-resource-type.ts';
import { ParameterStore } from './parameter-store.ts';

export type Ssm = {
  readonly api: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  /** The decrypted value of a parameter: its newest version, or the one of `name:version`. @throws AwsError */
  parameter(region: string, reference: string): { readonly value: string; readonly type: string };
};

type SsmOptions = { readonly clock: Clock; readonly state: StateStore; readonly keys: KeyRing };

/** Systems Manager: Parameter Store. */
export function createSsm({ clock, state, keys }: SsmOptions): Ssm {
  const store = new ParameterStore(clock, state);
  return {
    api: jsonApi('ssm', '1.1', parameterActions(store, keys)),
    resourceTypes: [parameterResourceType(store)],
    parameter(region, reference) {
      const { version } = store.select(region, reference);
      return { value: version.value, type: version.type };
    },
  };
}
