import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CodeDeployClient, GetDeploymentCommand, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import { GetAliasCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Endpoint } from '../endpoint.ts';
import { until } from '../testing/until.ts';

const att = (logicalId: string, attribute: string) => ({ 'Fn::GetAtt': [logicalId, attribute] });
const join = (...parts: readonly (string | object)[]) => ({ 'Fn::Join': ['', parts] });
const stackName = { Ref: 'AWS::StackName' };
const inAlarm = { MetricName: 'Errors', Namespace: 'AWS/Lambda', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1 };

/** Reports the status that it is given; without one it reports nothing. */
const hookCode = `
const { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } = require('@aws-sdk/client-codedeploy');
exports.handler = async ({ DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId }) => {
  const { STATUS: status } = process.env;
  if (status === 'None') return;
  const report = { deploymentId, lifecycleEventHookExecutionId, status };
  await new CodeDeployClient().send(new PutLifecycleEventHookExecutionStatusCommand(report));
};`;

function role(service: string, statements: readonly object[], managed: readonly string[] = []) {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
      },
      ManagedPolicyArns: managed.map((name) => `arn:aws:iam::aws:policy/service-role/${name}`),
      ...(statements.length > 0 && {
        Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
      }),
    },
  };
}

function lambda(code: string, roleId: string, more: object = {}) {
  const Role = att(roleId, 'Arn');
  return {
    Type: 'AWS::Lambda::Function',
    Properties: { Runtime: 'nodejs24.x', Handler: 'index.handler', Role, Code: { ZipFile: code }, ...more },
  };
}

export type StackOptions = {
  /** The answer of the function; each has a version of its own. */
  readonly answer: string;
  /** Whether it throws instead. */
  readonly isBroken?: boolean;
  /** Without `CodeDeployDefault.Lambda`. */
  readonly config?: string;
  /** What the hooks report; without it there is none. */
  readonly hooks?: { readonly before?: string; readonly after?: string };
  /** Of the service role; those of AWS's own policy by default. */
  readonly permissions?: readonly string[];
  readonly group?: object;
};

/** A function behind the alias `live`, whose traffic CodeDeploy shifts. */
export function gradualTemplate({ answer, isBroken = false, config, hooks = {}, permissions, group }: StackOptions) {
  const hook = (name: string, STATUS: string) => ({
    [`${name}Hook`]: lambda(hookCode, 'HookRole', {
      FunctionName: join('CodeDeployHook_', stackName, `-${name}`),
      Environment: { Variables: { STATUS } },
    }),
  });
  return {
    Resources: {
      FunctionRole: role('lambda.amazonaws.com', []),
      HookRole: role('lambda.amazonaws.com', [
        {
          Effect: 'Allow',
          Action: 'codedeploy:PutLifecycleEventHookExecutionStatus',
          Resource: join('arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:', { Ref: 'Application' }, '/*'),
        },
      ]),
      ServiceRole:
        permissions === undefined
          ? role('codedeploy.amazonaws.com', [], ['AWSCodeDeployRoleForLambdaLimited'])
          : role('codedeploy.amazonaws.com', [{ Effect: 'Allow', Action: permissions, Resource: '*' }]),
      Function: lambda(
        `exports.handler = async () => { ${isBroken ? 'throw' : 'return'} '${answer}'; };`,
        'FunctionRole',
      ),
      [`Version${answer}`]: {
        Type: 'AWS::Lambda::Version',
        DeletionPolicy: 'Retain',
        Properties: { FunctionName: { Ref: 'Function' }, Description: answer },
      },
      Alias: {
        Type: 'AWS::Lambda::Alias',
        Properties: {
          FunctionName: { Ref: 'Function' },
          FunctionVersion: att(`Version${answer}`, 'Version'),
          Name: 'live',
        },
        UpdatePolicy: {
          CodeDeployLambdaAliasUpdate: {
            ApplicationName: { Ref: 'Application' },
            DeploymentGroupName: { Ref: 'Group' },
            ...(hooks.before !== undefined && { BeforeAllowTrafficHook: { Ref: 'BeforeHook' } }),
            ...(hooks.after !== undefined && { AfterAllowTrafficHook: { Ref: 'AfterHook' } }),
          },
        },
      },
      ...(hooks.before !== undefined && hook('Before', hooks.before)),
      ...(hooks.after !== undefined && hook('After', hooks.after)),
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          ...inAlarm,
          AlarmName: join(stackName, '-errors'),
          Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'Function' } }],
          Threshold: 1,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        },
      },
      Application: { Type: 'AWS::CodeDeploy::Application', Properties: { ComputePlatform: 'Lambda' } },
      Group: {
        Type: 'AWS::CodeDeploy::DeploymentGroup',
        Properties: {
          ApplicationName: { Ref: 'Application' },
          ...(config !== undefined && { DeploymentConfigName: `CodeDeployDefault.Lambda${config}` }),
          ServiceRoleArn: att('ServiceRole', 'Arn'),
          AlarmConfiguration: { Enabled: true, Alarms: [{ Name: { Ref: 'Alarm' } }] },
          AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
          DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
          ...group,
        },
      },
    },
    Outputs: {
      Function: { Value: { Ref: 'Function' } },
      Application: { Value: { Ref: 'Application' } },
      Group: { Value: { Ref: 'Group' } },
    },
  };
}

/** Stacks of the template, and what there is to see of them. */
export class GradualStacks {
  readonly #cloudFormation: CloudFormationClient;
  readonly #lambda: LambdaClient;
  readonly codeDeploy: CodeDeployClient;

  constructor({ clientConfig }: Endpoint) {
    this.#cloudFormation = new CloudFormationClient(clientConfig);
    this.#lambda = new LambdaClient(clientConfig);
    this.codeDeploy = new CodeDeployClient(clientConfig);
  }

  destroy(): void {
    for (const client of [this.#cloudFormation, this.#lambda, this.codeDeploy]) client.destroy();
  }

  async create(StackName: string, options: StackOptions): Promise<void> {
    const TemplateBody = JSON.stringify(gradualTemplate(options));
    const Capabilities = ['CAPABILITY_IAM' as const];
    await this.#cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities }));
    await this.settled(StackName, 'CREATE_COMPLETE');
  }

  /** Begins an update. */
  async update(StackName: string, options: StackOptions): Promise<void> {
    const TemplateBody = JSON.stringify(gradualTemplate(options));
    const Capabilities = ['CAPABILITY_IAM' as const];
    await this.#cloudFormation.send(new UpdateStackCommand({ StackName, TemplateBody, Capabilities }));
  }

  async settled(StackName: string, status: string): Promise<void> {
    const found = await until(`${StackName} to settle`, async () => {
      const { StackStatus = '' } = await this.#stack(StackName);
      return !StackStatus.endsWith('_IN_PROGRESS') && StackStatus;
    });
    if (found !== status) throw new Error(`${StackName} is ${found}: ${await this.reasons(StackName)}`);
  }

  /** Why resources failed. */
  async reasons(StackName: string): Promise<string> {
    const { StackEvents = [] } = await this.#cloudFormation.send(new DescribeStackEventsCommand({ StackName }));
    return StackEvents.filter(({ ResourceStatus = '' }) => ResourceStatus.endsWith('_FAILED'))
      .map(({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`)
      .join('\n');
  }

  async output(StackName: string, name: string): Promise<string> {
    const { Outputs = [] } = await this.#stack(StackName);
    return Outputs.find(({ OutputKey }) => OutputKey === name)?.OutputValue ?? '';
  }

  /** The version of the alias, with the weight of another one. */
  async route(StackName: string): Promise<string> {
    const FunctionName = await this.output(StackName, 'Function');
    const alias = await this.#lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }));
    const weights = Object.entries(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
    return [alias.FunctionVersion, ...weights.map(([version, weight]) => `${version}=${weight}`)].join(' ');
  }

  /** @returns the version that was executed, and the error */
  async invoke(StackName: string, qualifier: string): Promise<string> {
    const FunctionName = `${await this.output(StackName, 'Function')}:${qualifier}`;
    const { ExecutedVersion, FunctionError } = await this.#lambda.send(new InvokeCommand({ FunctionName }));
    return [ExecutedVersion, FunctionError].filter(Boolean).join(' ');
  }

  async routed(StackName: string, route: string): Promise<void> {
    let found = '';
    await until(`the alias of ${StackName} to be ${route}`, async () => {
      found = await this.route(StackName);
      return found === route;
    }).catch((error) => {
      throw new Error(`${String(error)}, which is ${found}`);
    });
  }

  /** Newest first. */
  async deployments(StackName: string) {
    const applicationName = await this.output(StackName, 'Application');
    const deploymentGroupName = await this.output(StackName, 'Group');
    const { deployments = [] } = await this.codeDeploy.send(
      new ListDeploymentsCommand({ applicationName, deploymentGroupName }),
    );
    return Promise.all(
      deployments.map(async (deploymentId) => {
        const { deploymentInfo } = await this.codeDeploy.send(new GetDeploymentCommand({ deploymentId }));
        if (deploymentInfo === undefined) throw new Error(`There is no deployment ${deploymentId}.`);
        return deploymentInfo;
      }),
    );
  }

  async #stack(StackName: string) {
    const { Stacks = [] } = await this.#cloudFormation.send(new DescribeStacksCommand({ StackName }));
    if (Stacks[0] === undefined) throw new Error(`There is no stack ${StackName}.`);
    return Stacks[0];
  }
}
