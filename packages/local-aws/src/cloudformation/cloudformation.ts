import type { AwsApi } from '../core/aws-api.ts';
import type { Clock } from '../core/clock.ts';
import type { PendingWork } from '../core/pending-work.ts';
import { queryApi } from '../core/query-protocol.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { changeSetActions } from './change-sets.ts';
import { type StackDeployment, stackDeployer } from './deploy-stack.ts';
import { Engine } from './engine.ts';
import { queryActions } from './queries.ts';
import type { Stack, StackResource } from './stack.ts';
import { StackOperations } from './stack-operations.ts';
import { isDeleted, StackStore } from './stack-store.ts';
import { stackActions } from './stacks.ts';
import type { FetchTemplate } from './template-source.ts';
import { templateActions } from './templates.ts';

export type CloudFormationOptions = {
  /** Everything that templates may contain. */
  readonly resourceTypes: readonly ResourceType[];
  readonly clock: Clock;
  readonly state: StateStore;
  readonly fetchTemplate: FetchTemplate;
  /** Told of errors of the engine itself, as opposed to those of templates and resources. */
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
  /** The stacks that are there, oldest first. */
  stacks(): readonly StackView[];
  /** Creates or updates a stack, and waits for the end. @throws AwsError */
  deploy(deployment: StackDeployment): Promise<StackView>;
  /** The operations that are not finished. */
  pending(): readonly PendingWork[];
  /** Resolves once no operation is running. */
  idle(): Promise<void>;
};

/** The CloudFormation service: stacks of `resourceTypes`, deployed in the background as on AWS. */
export function createCloudFormation(options: CloudFormationOptions): CloudFormation {
  const { resourceTypes, clock, state, fetchTemplate, onError } = options;
  const types = new Map(resourceTypes.map((type) => [type.type, type]));
  const store = new StackStore(clock, state);
  const operations = new StackOperations({ types, store, clock, onError });
  const engine = new Engine({ types, store, operations, clock, fetchTemplate });
  const actions = stackActions(engine);
  const deploy = stackDeployer({ actions, store, operations });
  return {
    api: queryApi('cloudformation', 'http://cloudformation.amazonaws.com/doc/2010-05-15/', {
      ...actions,
      ...changeSetActions(engine),
      ...queryActions(engine),
      ...templateActions(engine),
    }),
    stacks: () =>
      store
        .all()
        .filter((stack) => !isDeleted(stack))
        .map(viewOf),
    deploy: async (deployment) => viewOf(await deploy(deployment)),
    pending: () =>
      store
        .all()
        .filter(({ status }) => status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS')
        .map(({ name, status }) => ({ kind: 'stack', name, reason: status })),
    idle: () => operations.idle(),
  };
}

function viewOf({ name, id, region, status, outputs, current, resources, ...stack }: Stack): StackView {
  return {
    name,
    id,
    region,
    status,
    outputs: Object.fromEntries(outputs.map(({ key, value }) => [key, value])),
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
