import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { type ClientConfig, startEndpoint } from '../../endpoint.ts';

type Resource = { readonly Type: string; readonly Properties: object };

/** A function with a URL. */
export type UrlSetting = {
  /** The file index.js. */
  readonly code: string;
  readonly authType?: 'NONE' | 'AWS_IAM';
  readonly cors?: object;
  readonly invokeMode?: 'BUFFERED' | 'RESPONSE_STREAM';
  readonly settings?: object;
  /** What the policy of the function permits; by default what the Serverless Framework writes. */
  readonly permissions?: readonly object[];
};

export const publicPermissions = [
  { Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: 'NONE' },
  { Action: 'lambda:InvokeFunction', Principal: '*', InvokedViaFunctionUrl: true },
];

export type Deployed = {
  readonly url: string;
  readonly clientConfig: ClientConfig;
  /** The URL of a function, as `Fn::GetAtt` has it. */
  urlOf(name: string): string;
};

/** An endpoint with a stack of functions that have URLs. Their names are those of the functions, too. */
export async function deployUrls(
  context: TestContext,
  urls: Readonly<Record<string, UrlSetting>>,
  more: Readonly<Record<string, Resource>> = {},
): Promise<Deployed> {
  const endpoint = await startEndpoint({ onError: (error) => assert.fail(String(error)) });
  const { clientConfig } = endpoint;
  const cloudFormation = new CloudFormationClient(clientConfig);
  context.after(async () => {
    cloudFormation.destroy();
    await endpoint.close();
  });
  const template = {
    Resources: {
      Role: roleOf('url-functions', 'lambda.amazonaws.com', []),
      ...Object.fromEntries(Object.entries(urls).flatMap(([name, setting]) => resourcesOf(name, setting))),
      ...more,
    },
    Outputs: Object.fromEntries(
      Object.keys(urls).map((name) => [name, { Value: { 'Fn::GetAtt': `${name}Url.FunctionUrl` } }]),
    ),
  };
  await cloudFormation.send(
    new CreateStackCommand({
      StackName: 'urls',
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  await waitUntilStackCreateComplete(
    { client: cloudFormation, minDelay: 1, maxDelay: 1, maxWaitTime: 60 },
    { StackName: 'urls' },
  );
  const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'urls' }));
  return {
    url: endpoint.url,
    clientConfig,
    urlOf: (name) => stack?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue ?? '',
  };
}

export function roleOf(name: string, service: string, statements: readonly object[]): Resource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: name,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
      },
      Policies:
        statements.length === 0
          ? []
          : [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
    },
  };
}

function resourcesOf(name: string, setting: UrlSetting): (readonly [string, Resource])[] {
  const { code, authType = 'NONE', cors, invokeMode, settings = {}, permissions = publicPermissions } = setting;
  return [
    [
      name,
      {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: name,
          Role: { 'Fn::GetAtt': 'Role.Arn' },
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Code: { ZipFile: code },
          ...settings,
        },
      },
    ],
    [
      `${name}Url`,
      {
        Type: 'AWS::Lambda::Url',
        Properties: {
          TargetFunctionArn: { 'Fn::GetAtt': `${name}.Arn` },
          AuthType: authType,
          ...(cors !== undefined && { Cors: cors }),
          ...(invokeMode !== undefined && { InvokeMode: invokeMode }),
        },
      },
    ],
    ...permissions.map((permission, index): readonly [string, Resource] => [
      `${name}Permission${index}`,
      { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: { Ref: name }, ...permission } },
    ]),
  ];
}
