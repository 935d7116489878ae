import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
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

export function endpointClients(port: number): EndpointClients {
  const config = { endpoint: `http://localhost:${port}`, region: localRegion, credentials: testCredentials };
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
  const stack = await describeStack(clients, name);
  if (stack === undefined) return undefined;
  const resources = new Map<string, StackResource>();
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client: clients.cloudFormation },
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
  const outputs = (stack.Outputs ?? []).map(
    ({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue] as const,
  );
  return {
    status: stack.StackStatus ?? '',
    outputs: Object.fromEntries(outputs),
    resources,
    version: [
      stack.StackId ?? '',
      String(stack.LastUpdatedTime?.getTime()),
      ...(await functionVersions(clients, resources)),
    ],
  };
}

async function describeStack({ cloudFormation }: EndpointClients, name: string) {
  try {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks?.[0];
  } catch (error) {
    if (error instanceof Error && error.message.endsWith('does not exist')) return undefined;
    throw error;
  }
}

async function functionVersions(
  { lambda }: EndpointClients,
  resources: ReadonlyMap<string, StackResource>,
): Promise<readonly string[]> {
  const own = new Set(
    [...resources.values()].flatMap(({ type, physicalId }) => (type === 'AWS::Lambda::Function' ? physicalId : [])),
  );
  const versions: string[] = [];
  if (own.size === 0) return versions;
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName = '', CodeSha256, RevisionId } of Functions) {
      if (own.has(FunctionName)) versions.push(`${FunctionName} ${CodeSha256} ${RevisionId}`);
    }
  }
  return versions.sort();
}
