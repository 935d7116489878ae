import type { AwsApi } from '../core/aws-api.ts';
import type { Clock } from '../core/clock.ts';
import type { PendingWork } from '../core/pending-work.ts';
import { queryApi } from '../core/query-protocol.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { changeSetActions } from './change-set-actions.ts';
import { type StackDeployment, stackDeployer } from './deploy-stack.ts';
import { describeActions } from './describe-actions.ts';
import { type DynamicValues, withDynamicReferences } from './dynamic-references.ts';
import { resourceTypesByName } from './resource-types.ts';
import { stackActions } from './stack-actions.ts';
import { StackOperations } from './stack-operations.ts';
import type { Stack, StackResource } from './stack-record.ts';
import { StackRequests } from './stack-requests.ts';
import { isDeleted, StackStore } from './stack-store.ts';
import { templateActions } from './template-actions.ts';
import type { FetchTemplate } from './template-source.ts';

export type CloudFormationOptions = {
  /** Everything that templates may contain. */
  readonly resourceTypes: readonly ResourceType[];
  /** The type of custom resources for a name that begins with `Custom::`. */
  readonly customType?: (name: string) => ResourceType | undefined;
  readonly clock: Clock;
  readonly state: StateStore;
  readonly fetchTemplate: FetchTemplate;
  readonly dynamicValues: DynamicValues;
  /** The address on this machine for each address of an API in the value of an output. */
  readonly localAddresses?: (text: string) => string;
  /** Called with errors of CloudFormation itself, as opposed to those of templates and resources. */
  readonly onError: (error: unknown) => void;
};

/** A stack as the rest of the endpoint sees it; outputs and tags by key. */
export type StackView = {
  readonly name: string;
  readonly id: string;
  readonly region: string;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly description: string;
  /** Changes with every operation. */
  readonly updatedAt: number;
  /** With every intrinsic of their properties resolved. */
  readonly resources: readonly Pick<StackResource, 'logicalId' | 'type' | 'physicalId' | 'properties' | 'attributes'>[];
};

export type CloudFormation = {
  readonly api: AwsApi;
  /** The stacks that are there, oldest first. @param isWanted by name; by default all are */
  stacks(isWanted?: (name: string) => boolean): readonly StackView[];
  /** Creates or updates a stack, and waits for the end. @throws AwsError */
  deploy(deployment: StackDeployment): Promise<StackView>;
  /** The operations that are not finished. */
  pending(): readonly PendingWork[];
  /** Resolves once no operation is running. */
  idle(): Promise<void>;
};

/** The CloudFormation service: stacks of `resourceTypes`, deployed in the background as on AWS. */
export function createCloudFormation(options: CloudFormationOptions): CloudFormation {
  const {
    resourceTypes,
    clock,
    state,
    fetchTemplate,
    onError,
    localAddresses = (text) => text,
    dynamicValues,
    customType = () => undefined,
  } = options;
  const withReferences = (type: ResourceType) => withDynamicReferences(type, dynamicValues);
  const types = resourceTypesByName({
    types: resourceTypes.map(withReferences),
    customType(name) {
      const type = customType(name);
      return type && withReferences(type);
    },
  });
  const store = new StackStore(clock, state);
  const operations = new StackOperations({ types, store, clock, onError });
  const requests = new StackRequests({ types, store, operations, clock, fetchTemplate, localAddresses, dynamicValues });
  const actions = stackActions(requests);
  const deploy = stackDeployer({ actions, store, operations });
  return {
    api: queryApi('cloudformation', 'http://cloudformation.amazonaws.com/doc/2010-05-15/', {
      ...actions,
      ...changeSetActions(requests),
      ...describeActions(requests),
      ...templateActions(requests),
    }),
    stacks: (isWanted = () => true) =>
      store
        .all()
        .filter((stack) => !isDeleted(stack) && isWanted(stack.name))
        .map((stack) => viewOf(stack, localAddresses)),
    deploy: async (deployment) => viewOf(await deploy(deployment), localAddresses),
    pending: () =>
      store
        .all()
        .filter(({ status }) => status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS')
        .map(({ name, status }) => ({ kind: 'stack', name, reason: status })),
    idle: () => operations.idle(),
  };
}

function viewOf(
  { name, id, region, status, outputs, current, resources, ...stack }: Stack,
  shown: (value: string) => string,
): StackView {
  return {
    name,
    id,
    region,
    status,
    outputs: Object.fromEntries(outputs.map(({ key, value }) => [key, shown(value)])),
    tags: current.tags,
    description: stack.description ?? '',
    updatedAt: stack.updatedAt ?? stack.createdAt,
    resources: resources.map(({ logicalId, type, physicalId, properties, attributes }) => ({
      logicalId,
      type,
      physicalId,
      properties,
      attributes,
    })),
  };
}
