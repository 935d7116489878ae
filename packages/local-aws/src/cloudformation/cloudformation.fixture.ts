import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { ManualClock } from '../core/clock.ts';
import { CredentialStore } from '../core/credentials.ts';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceType } from '../core/resource-type.ts';
import { noStateStore, type StateStore } from '../core/state-store.ts';
import { startEdge } from '../edge/server.ts';
import { type CloudFormation, createCloudFormation } from './cloudformation.ts';

/** Things that tests make: what stands, and what was done in which order. */
export class World {
  readonly things = new Map<string, { value: string; tags: Readonly<Record<string, string>> }>();
  readonly log: string[] = [];
  /** Physical ids whose deletion fails. */
  readonly stuck = new Set<string>();
  /** Values with which a thing can be neither made nor updated. */
  readonly poison = new Set<string>();
  /** Of Parameter Store, by name. */
  readonly parameters = new Map<string, string>();
  /** The text of every secret. */
  secret = '';
  /** While set, making a thing waits for it. */
  gate: Promise<void> | undefined;
}

const refuse = (world: World, value: string): void => {
  if (world.poison.has(value)) throw new Error(`the value ${value} is poison`);
};

/** A thing has a name, which replaces it when changed, and a value, which does not. */
function thing(world: World): ResourceType {
  return defineResource({
    type: 'Test::Fake::Thing',
    properties: z.strictObject({
      Name: z.string().optional(),
      Value: property.string().optional(),
      Size: property.integer().optional(),
      Items: z.array(property.string()).optional(),
      Document: property.json().optional(),
      Tags: property.tags().optional(),
    }),
    replaceOn: ['Name'],
    async create({ Name, Value = '' }, context) {
      const physicalId = Name ?? generatedName(context, 64);
      world.log.push(`create ${context.logicalId}`);
      await world.gate;
      refuse(world, Value);
      if (world.things.has(physicalId)) throw new Error(`${physicalId} already exists`);
      world.things.set(physicalId, { value: Value, tags: context.tags });
      return { physicalId, attributes: { Arn: `arn:test:${physicalId}`, Value, 'Nested.Deep': `deep ${Value}` } };
    },
    update({ Value = '' }, { state: { physicalId } }, context) {
      world.log.push(`update ${context.logicalId}`);
      refuse(world, Value);
      world.things.set(physicalId, { value: Value, tags: context.tags });
      return { physicalId, attributes: { Arn: `arn:test:${physicalId}`, Value, 'Nested.Deep': `deep ${Value}` } };
    },
    delete({ physicalId }, _, context) {
      world.log.push(`delete ${context.logicalId}`);
      if (world.stuck.has(physicalId)) throw new Error(`${physicalId} is stuck`);
      world.things.delete(physicalId);
    },
  });
}

const iamRole = defineResource({
  type: 'AWS::IAM::Role',
  properties: z.strictObject({ RoleName: z.string().optional() }),
  replaceOn: ['RoleName'],
  create: (_, context) => ({ physicalId: generatedName(context, 64), attributes: {} }),
  delete: () => {},
});

export type Rig = AsyncDisposable & {
  readonly world: World;
  readonly clock: ManualClock;
  readonly client: CloudFormationClient;
  readonly cloudFormation: CloudFormation;
  readonly errors: unknown[];
  /** What `TemplateURL` finds, by `bucket/key`. */
  readonly objects: Map<string, string>;
  status(stackName: string): Promise<string | undefined>;
  outputs(stackName: string): Promise<Record<string, string>>;
  /** `LogicalId STATUS`, oldest first. */
  events(stackName: string): Promise<string[]>;
};

/** A CloudFormation of fake resource types behind a real edge, with the real SDK in front. */
export async function startRig({
  world = new World(),
  state = noStateStore,
}: {
  world?: World;
  state?: StateStore;
} = {}): Promise<Rig> {
  const clock = new ManualClock();
  const objects = new Map<string, string>();
  const errors: unknown[] = [];
  const cloudFormation = createCloudFormation({
    resourceTypes: [thing(world), iamRole],
    clock,
    state,
    fetchTemplate: async ({ bucket, key }) => objects.get(`${bucket}/${key}`) ?? '',
    onError: (error) => errors.push(error),
    dynamicValues: {
      parameter(_region, name) {
        const value = world.parameters.get(name);
        if (value === undefined) throw new AwsError('ParameterNotFound', '');
        return { value, type: 'String' };
      },
      secret: () => world.secret,
    },
  });
  const edge = await startEdge({
    port: 0,
    apis: { cloudformation: cloudFormation.api },
    frontends: [],
    pages: {},
    credentials: new CredentialStore(),
    onError: (error) => errors.push(error),
  });
  const client = new CloudFormationClient({
    endpoint: `http://127.0.0.1:${edge.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const describe = async (StackName: string) =>
    (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  return {
    world,
    clock,
    client,
    cloudFormation,
    errors,
    objects,
    status: async (stackName) => (await describe(stackName))?.StackStatus,
    outputs: async (stackName) =>
      Object.fromEntries(
        ((await describe(stackName))?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
          OutputKey,
          OutputValue,
        ]),
      ),
    async events(StackName) {
      const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
      return StackEvents.map(
        ({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`,
      ).reverse();
    },
    async [Symbol.asyncDispose]() {
      await cloudFormation.idle();
      client.destroy();
      await edge.close();
    },
  };
}

/** A template of things. */
export function template(resources: Record<string, object>, more: Record<string, object> = {}): string {
  return JSON.stringify({
    Resources: Object.fromEntries(
      Object.entries(resources).map(([name, body]) => [name, { Type: 'Test::Fake::Thing', ...body }]),
    ),
    ...more,
  });
}
