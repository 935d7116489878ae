import type { ServiceContext } from './service-context.ts';
import { resourcesOfType, type Template } from './template.ts';

const apiTypes = ['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api'];
const addressOutputs = ['ServiceEndpoint', 'HttpApiUrl'];

/**
 * Closes the addresses that API Gateway gives APIs, where they have a domain: what guards the domain would not guard
 * these. The outputs with an address then have the one of the domain.
 */
export function closeDefaultEndpoints(template: Template, { name, parameters, note }: ServiceContext): void {
  const { domainName, disableExecuteApiEndpoint } = parameters;
  if (domainName === '' || !disableExecuteApiEndpoint) return;
  for (const [id, api] of apiTypes.flatMap((type) => resourcesOfType(template.Resources, type))) {
    api.Properties = { ...api.Properties, DisableExecuteApiEndpoint: true };
    note(`Resources.${id}`, 'DisableExecuteApiEndpoint', 'domainName and disableExecuteApiEndpoint');
  }
  for (const [id, output] of Object.entries(template.Outputs ?? {})) {
    if (addressOutputs.includes(id)) Object.assign(output, { Value: `https://${domainName}/${name}` });
  }
}
