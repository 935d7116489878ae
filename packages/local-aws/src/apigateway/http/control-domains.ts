import { arn } from '../../core/arn.ts';
import type { RestRoute } from '../../core/rest-protocol.ts';
import type { DomainNames } from '../domain-names.ts';
import { list } from './control-input.ts';
import { notFound } from './http-api-store.ts';

/** Reads custom domains and their mappings. */
export function domainRoutes({ domains, region }: { domains: DomainNames; region: string }): RestRoute[] {
  const show = (domainName: string) => ({
    domainName,
    domainNameArn: arn('apigateway', region, `/domainnames/${domainName}`, ''),
    apiMappingSelectionExpression: '$request.basepath',
    domainNameConfigurations: [
      { apiGatewayDomainName: domainName, domainNameStatus: 'AVAILABLE', endpointType: 'REGIONAL' },
    ],
  });
  const find = (domainName: string) => {
    const domain = domains.list().find(({ name }) => name === domainName);
    if (domain === undefined) throw notFound('domain name', domainName);
    return domain;
  };
  return [
    { method: 'GET', path: '/v2/domainnames', handle: () => list(domains.list().map(({ name }) => show(name))) },
    { method: 'GET', path: '/v2/domainnames/{name}', handle: (_, p) => ({ body: show(find(p.name ?? '').name) }) },
    {
      method: 'GET',
      path: '/v2/domainnames/{name}/apimappings',
      handle: (_, p) =>
        list(
          find(p.name ?? '').mappings.map(({ mappingId, apiId, stage, basePath }) => ({
            apiMappingId: mappingId,
            apiId,
            stage,
            apiMappingKey: basePath,
          })),
        ),
    },
  ];
}
