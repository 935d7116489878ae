import type { ServiceContext } from './service-context.ts';
import { type Resources, resourcesOfType, type Template } from './template.ts';

/** Adds to the HTTP API what the framework has no setting for: limits of its stage, and the domain. */
export function completeHttpStage(template: Template, { name, parameters, note }: ServiceContext): Resources {
  const { throttlingRateLimit: ThrottlingRateLimit, throttlingBurstLimit: ThrottlingBurstLimit } = parameters;
  const stage = template.Resources.HttpApiStage;
  if (stage !== undefined) {
    stage.Properties = { ...stage.Properties, DefaultRouteSettings: { ThrottlingRateLimit, ThrottlingBurstLimit } };
    note('Resources.HttpApiStage', 'DefaultRouteSettings', 'throttlingRateLimit, throttlingBurstLimit');
  }
  if (parameters.domainName === '') return {};
  return {
    ApiMapping: {
      Type: 'AWS::ApiGatewayV2::ApiMapping',
      Properties: {
        DomainName: parameters.domainName,
        ApiMappingKey: name,
        ApiId: { Ref: 'HttpApi' },
        Stage: { Ref: 'HttpApiStage' },
      },
    },
  };
}

/**
 * Sets `AuthorizationType: NONE` on routes without an authorizer. CloudFormation does not change what a template leaves
 * out: when `auth` goes back to none, a route would keep its authorizer, which then could not be deleted.
 */
export function openRoutes({ Resources }: Template, { note }: ServiceContext): void {
  for (const [id, { Properties = {} }] of resourcesOfType(Resources, 'AWS::ApiGatewayV2::Route')) {
    if (Properties.AuthorizationType !== undefined) continue;
    Properties.AuthorizationType = 'NONE';
    note(`Resources.${id}`, 'AuthorizationType: NONE', 'an update must be able to take an authorizer away');
  }
}
