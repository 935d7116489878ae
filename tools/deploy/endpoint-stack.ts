import {
  CloudFormationClient,
  paginateDescribeStacks,
  paginateListStackResources,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { localRegion, testCredentials } from '#shared/serverless/plugin/local/environment.ts';

/** A stack as it is on the endpoint. */
export type EndpointStack = {
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** By logical id. */
  readonly resources: ReadonlyMap<string, StackResource>;
  /** Differs after each update of the stack, and of a function's code or configuration outside of it. */
  readonly version: readonly string[];
};

type StackResource = {
  readonly type: string;
  readonly physicalId: string;
  readonly updatedAt: number | undefined;
};

/** The clients of the endpoint on `port`. */
export type EndpointClients = Disposable & {
  readonly cloudFormation: CloudFormationClient;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
};

export function endpointClients(port: number, region: string = localRegion): EndpointClients {
  const config = { endpoint: `http://localhost:${port}`, region, credentials: testCredentials };
  const clients = {
    cloudFormation: new CloudFormationClient(config),
    lambda: new LambdaClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
  };
  return {
    ...clients,
    [Symbol.dispose]: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

/** @returns undefined if there is no stack of this name */
export async function readStack(clients: EndpointClients, name: string): Promise<EndpointStack | undefined> {
  return (await readStacks(clients, [name])).get(name);
}

/** Those of the stacks called `names` that there are, by name. */
export async function readStacks(
  clients: EndpointClients,
  names: readonly string[],
): Promise<ReadonlyMap<string, EndpointStack>> {
  const described: Stack[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: clients.cloudFormation }, {})) {
    described.push(...Stacks.filter(({ StackName = '' }) => names.includes(StackName)));
  }
  if (described.length === 0) return new Map();
  const [functions, ...resources] = await Promise.all([
    readFunctions(clients),
    ...described.map(({ StackName = '' }) => readResources(clients, StackName)),
  ]);
  return new Map(
    described.map((stack, index) => [
      stack.StackName ?? '',
      describe(stack, resources[index] ?? new Map<string, StackResource>(), functions),
    ]),
  );
}

function describe(
  { StackStatus, StackId = '', LastUpdatedTime, Outputs = [] }: Stack,
  resources: EndpointStack['resources'],
  functions: ReadonlyMap<string, string>,
): EndpointStack {
  const own = [...resources.values()].filter(({ type }) => type === 'AWS::Lambda::Function');
  const versions = own.map(({ physicalId }) => `${physicalId} ${functions.get(physicalId)}`);
  return {
    status: StackStatus ?? '',
    outputs: Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])),
    resources,
    version: [StackId, String(LastUpdatedTime?.getTime()), ...versions.sort()],
  };
}

async function readResources({ cloudFormation }: EndpointClients, name: string): Promise<EndpointStack['resources']> {
  const resources = new Map<string, StackResource>();
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client: cloudFormation },
    { StackName: name },
  )) {
    for (const {
      LogicalResourceId = '',
      ResourceType = '',
      PhysicalResourceId,
      LastUpdatedTimestamp,
    } of StackResourceSummaries) {
      const updatedAt = LastUpdatedTimestamp?.getTime();
      resources.set(LogicalResourceId, { type: ResourceType, physicalId: PhysicalResourceId ?? '', updatedAt });
    }
  }
  return resources;
}

/** What differs after each change of a function, by its name. */
async function readFunctions({ lambda }: EndpointClients): Promise<ReadonlyMap<string, string>> {
  const functions = new Map<string, string>();
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName = '', CodeSha256, RevisionId } of Functions) {
      functions.set(FunctionName, `${CodeSha256} ${RevisionId}`);
    }
  }
  return functions;
}
