import { errorNamespace } from '../error-filters.ts';
import { type Resources, resourcesOfType, valueAt } from '../template.ts';

/** A function with the alias that its callers call. */
export type LiveFunction = {
  readonly functionId: string;
  /** As deployed. */
  readonly name: string;
  readonly aliasId: string;
  readonly groupId: string;
  readonly isProvisioned: boolean;
};

/** What CodeDeploy takes up of the alarms of a function in one deployment group. */
const mostAlarms = 10;

/**
 * What shifts the traffic of aliases: an application, a group for each alias with the alarms that take its traffic back,
 * and the role of both. AllAtOnce has no alarms, so that a fix can be deployed while one is on.
 *
 * @param configuration of CodeDeploy, without `CodeDeployDefault.Lambda`
 */
export function deploymentGroups(
  functions: readonly LiveFunction[],
  configuration: string,
  resources: Resources,
): Resources {
  const groups = functions.map((each) => {
    const alarms = configuration === 'AllAtOnce' ? [] : alarmsOf(each, resources);
    return { ...each, alarms };
  });
  return {
    DeploymentApplication: { Type: 'AWS::CodeDeploy::Application', Properties: { ComputePlatform: 'Lambda' } },
    DeploymentRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'codedeploy.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
        Policies: [
          {
            PolicyName: 'shift-traffic',
            PolicyDocument: { Version: '2012-10-17', Statement: statementsFor(groups) },
          },
        ],
      },
    },
    ...Object.fromEntries(
      groups.map(({ groupId, alarms }) => [
        groupId,
        {
          Type: 'AWS::CodeDeploy::DeploymentGroup',
          Properties: {
            ApplicationName: { Ref: 'DeploymentApplication' },
            DeploymentConfigName: `CodeDeployDefault.Lambda${configuration}`,
            ServiceRoleArn: { 'Fn::GetAtt': ['DeploymentRole', 'Arn'] },
            DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
            AlarmConfiguration: {
              Enabled: alarms.length > 0,
              ...(alarms.length > 0 && { Alarms: alarms.map((id) => ({ Name: { Ref: id } })) }),
            },
            AutoRollbackConfiguration: {
              Enabled: true,
              Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
            },
          },
        },
      ]),
    ),
  };
}

/**
 * What CodeDeploy needs; AWS's own policy lets it publish to topics, read buckets and change the aliases of all functions,
 * too. Functions are named here: a function may call the alias of another one of its service, which waits for this role.
 */
function statementsFor(groups: readonly (LiveFunction & { readonly alarms: readonly string[] })[]): readonly object[] {
  const arn = (name: string) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${name}`,
  });
  const alarms = [...new Set(groups.flatMap((group) => group.alarms))];
  const provisioned = groups.filter(({ isProvisioned }) => isProvisioned);
  return [
    {
      Effect: 'Allow',
      Action: ['lambda:GetAlias', 'lambda:UpdateAlias'],
      Resource: groups.map(({ name }) => arn(name)),
    },
    ...(provisioned.length === 0
      ? []
      : [
          {
            Effect: 'Allow',
            Action: 'lambda:GetProvisionedConcurrencyConfig',
            Resource: provisioned.map(({ name }) => arn(`${name}:*`)),
          },
        ]),
    ...(alarms.length === 0
      ? []
      : [
          {
            Effect: 'Allow',
            Action: 'cloudwatch:DescribeAlarms',
            Resource: alarms.map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] })),
          },
        ]),
  ];
}

/**
 * The alarms on the errors of a function, and on the 5xx of the API that calls it. None on what waits in queues and
 * streams: that may be from before, and would stop the deploy that mends it.
 */
function alarmsOf({ functionId, name, aliasId }: LiveFunction, resources: Resources): readonly string[] {
  const isCalledByApi = ['AWS::ApiGateway::Method', 'AWS::ApiGatewayV2::Integration']
    .flatMap((type) => resourcesOfType(resources, type))
    .some(([, { Properties }]) => JSON.stringify(Properties).includes(`{"Ref":"${aliasId}"}`));
  return resourcesOfType(resources, 'AWS::CloudWatch::Alarm')
    .filter(([, { Properties = {} }]) => {
      switch (Properties.Namespace) {
        case errorNamespace:
          return Properties.MetricName === name;
        case 'AWS/Lambda':
          return (
            Properties.MetricName === 'Errors' && valueAt(Properties, 'Dimensions', 0, 'Value', 'Ref') === functionId
          );
        case 'AWS/ApiGateway':
          return isCalledByApi && ['5XXError', '5xx'].includes(String(Properties.MetricName));
        default:
          return false;
      }
    })
    .map(([id]) => id)
    .slice(0, mostAlarms);
}
