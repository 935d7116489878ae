import type { ServiceContext } from './service-context.ts';
import type { Resources } from './template.ts';

// Neither addresses, nor agents, nor paths with ids in them: nothing personal.
const accessLogFormat =
  '{"requestId":"$context.requestId","extendedRequestId":"$context.extendedRequestId", ' +
  '"requestTime":"$context.requestTime","method":"$context.httpMethod","route":"$context.resourcePath", ' +
  '"status":"$context.status","latency":"$context.responseLatency", ' +
  '"integrationLatency":"$context.integrationLatency","responseLength":"$context.responseLength", ' +
  '"error":"$context.error.responseType"}';

/** Why a service has each of the resources below. */
export const stageReasons: Readonly<Record<string, string>> = {
  ApiGatewayStage: 'custom.service.api is rest; limits, tracing and logs by parameters',
  ApiGatewayAccessLogs: 'accessLogs is true',
  ApiGatewayExecutionLogs: 'executionLogs is true',
  ApiMapping: 'domainName is given',
  WebAclAssociation: 'webAcl is not none',
  UsagePlan: 'apiKeyRequired is true',
  UsagePlanKey: 'apiKeyRequired is true',
};

/**
 * The stage of a REST API and what belongs to it by parameters: logs, domain, web ACL, usage plan. The framework would
 * make the stage as a by-product of the deployment, which CloudFormation can then neither configure nor wait for.
 */
export function restStage(context: ServiceContext): Resources {
  const { name, stage, parameters, platform } = context;
  const throttling = { rate: parameters.throttlingRateLimit, burst: parameters.throttlingBurstLimit };
  return {
    ApiGatewayStage: {
      Type: 'AWS::ApiGateway::Stage',
      // A stage that writes logs makes their group if it does not exist yet.
      ...(parameters.executionLogs && { DependsOn: ['ApiGatewayExecutionLogs'] }),
      Properties: {
        RestApiId: { Ref: 'ApiGatewayRestApi' },
        DeploymentId: { Ref: 'ApiGatewayDeployment' },
        StageName: stage,
        TracingEnabled: parameters.tracing,
        MethodSettings: [
          {
            ResourcePath: '/*',
            HttpMethod: '*',
            ThrottlingRateLimit: throttling.rate,
            ThrottlingBurstLimit: throttling.burst,
            LoggingLevel: parameters.executionLogs ? 'ERROR' : 'OFF',
          },
        ],
        ...(parameters.accessLogs && {
          AccessLogSetting: {
            DestinationArn: { 'Fn::GetAtt': ['ApiGatewayAccessLogs', 'Arn'] },
            Format: accessLogFormat,
          },
        }),
      },
    },
    ...(parameters.accessLogs && {
      ApiGatewayAccessLogs: {
        Type: 'AWS::Logs::LogGroup',
        Properties: {
          // Not /aws/api-gateway/…: the framework takes a group of that name for its own and deletes it after each deploy.
          LogGroupName: `/aws/apigateway/${name}-${stage}`,
          RetentionInDays: parameters.logRetentionInDays,
        },
      },
    }),
    // API Gateway would make this group itself, without a retention.
    ...(parameters.executionLogs && {
      ApiGatewayExecutionLogs: {
        Type: 'AWS::Logs::LogGroup',
        Properties: {
          LogGroupName: { 'Fn::Sub': `API-Gateway-Execution-Logs_\${ApiGatewayRestApi}/${stage}` },
          RetentionInDays: parameters.logRetentionInDays,
        },
      },
    }),
    ...(parameters.domainName !== '' && {
      ApiMapping: {
        Type: 'AWS::ApiGatewayV2::ApiMapping',
        Properties: {
          DomainName: parameters.domainName,
          ApiMappingKey: name,
          ApiId: { Ref: 'ApiGatewayRestApi' },
          Stage: { Ref: 'ApiGatewayStage' },
        },
      },
    }),
    ...(parameters.webAcl !== 'none' && {
      WebAclAssociation: {
        Type: 'AWS::WAFv2::WebACLAssociation',
        Properties: {
          WebACLArn: platform.webAclArn,
          ResourceArn: {
            'Fn::Sub': `arn:\${AWS::Partition}:apigateway:\${AWS::Region}::/restapis/\${ApiGatewayRestApi}/stages/\${ApiGatewayStage}`,
          },
        },
      },
    }),
    ...(parameters.apiKeyRequired && usagePlan(context, throttling)),
  };
}

function usagePlan(
  { name, stage, parameters, platform }: ServiceContext,
  { rate, burst }: { readonly rate: number; readonly burst: number },
): Resources {
  return {
    UsagePlan: {
      Type: 'AWS::ApiGateway::UsagePlan',
      Properties: {
        UsagePlanName: `${name}-${stage}`,
        ApiStages: [{ ApiId: { Ref: 'ApiGatewayRestApi' }, Stage: { Ref: 'ApiGatewayStage' } }],
        Quota: { Limit: parameters.usagePlanQuota, Period: 'MONTH' },
        Throttle: { RateLimit: rate, BurstLimit: burst },
      },
    },
    UsagePlanKey: {
      Type: 'AWS::ApiGateway::UsagePlanKey',
      Properties: { UsagePlanId: { Ref: 'UsagePlan' }, KeyId: platform.apiKeyId, KeyType: 'API_KEY' },
    },
  };
}
