import * as z from 'zod';
import { arn } from '../core/arn.ts';
import { deriveId } from '../core/derive-id.ts';
import {
  defineResource,
  property,
  type ResourceContext,
  type ResourceState,
  type ResourceType,
} from '../core/resource-type.ts';
import type { DomainNames } from './domain-names.ts';

const { string, inert, kept } = property;

/** Certificates and policies have nothing to act on: the local endpoint speaks plain HTTP. */
const name = string().pipe(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'must be a host name without wildcards'));

const restDomain = z.strictObject({
  DomainName: name,
  CertificateArn: inert(),
  RegionalCertificateArn: inert(),
  EndpointConfiguration: inert(),
  SecurityPolicy: inert(),
  Tags: property.tags().optional(),
});
const configuration = z.strictObject({
  CertificateArn: kept(
    string().pipe(
      z.string().regex(/^arn:[\w-]+:acm:[\w-]+:\d{12}:certificate\/.+$/, 'must be the ARN of a certificate'),
    ),
  ),
  CertificateName: inert(),
  EndpointType: z.literal('REGIONAL').optional(),
  SecurityPolicy: kept(z.enum(['TLS_1_2', 'TLS_1_0']).optional()),
  IpAddressType: inert(),
});
/** Left out, and so refused: MutualTlsAuthentication, which needs TLS. */
const httpDomain = z.strictObject({
  DomainName: name,
  DomainNameConfigurations: z.array(configuration).length(1),
  RoutingMode: z.literal('API_MAPPING_ONLY').optional(),
  Tags: property.tagMap().optional(),
});
/** REST APIs map one segment, or `(none)`. */
const restMapping = z.strictObject({
  DomainName: string(),
  BasePath: string()
    .pipe(z.string().regex(/^(\(none\)|[\w$\-.+!*'()]*)$/))
    .optional(),
  RestApiId: string().optional(),
  Stage: string().optional(),
});
const httpMapping = z.strictObject({
  DomainName: string(),
  ApiMappingKey: string()
    .pipe(z.string().regex(/^[\w$\-.+!*'()]*(\/[\w$\-.+!*'()]+)*$/))
    .optional(),
  ApiId: string(),
  Stage: string(),
});

/** Custom domains and mappings of both kinds of API; either kind's mapping may name either kind's domain. */
export function domainResourceTypes(domains: DomainNames): ResourceType[] {
  const addDomain = (domainName: string, { region }: ResourceContext): ResourceState => {
    domains.add(domainName);
    return domainState(domainName, region);
  };
  return [
    defineResource({
      type: 'AWS::ApiGateway::DomainName',
      properties: restDomain,
      replaceOn: ['DomainName'],
      create: ({ DomainName }, context) => addDomain(DomainName, context),
      update: (_, { state }) => state,
      delete: ({ physicalId }) => domains.remove(physicalId),
    }),
    defineResource({
      type: 'AWS::ApiGatewayV2::DomainName',
      properties: httpDomain,
      replaceOn: ['DomainName'],
      create: ({ DomainName }, context) => addDomain(DomainName, context),
      update: (_, { state }) => state,
      delete: ({ physicalId }) => domains.remove(physicalId),
    }),
    defineResource({
      type: 'AWS::ApiGateway::BasePathMapping',
      properties: restMapping,
      replaceOn: ['DomainName', 'BasePath'],
      create: (properties) => putRestMapping(domains, properties),
      update: (properties) => putRestMapping(domains, properties),
      delete: ({ physicalId }, { DomainName }) => domains.removeMapping(DomainName, physicalId),
    }),
    defineResource({
      type: 'AWS::ApiGatewayV2::ApiMapping',
      properties: httpMapping,
      replaceOn: ['DomainName'],
      create: (properties, { stackName, logicalId, generation = 0 }) =>
        putHttpMapping(
          domains,
          deriveId(6, properties.DomainName, stackName, logicalId, String(generation)),
          properties,
        ),
      update: (properties, { state }) => putHttpMapping(domains, state.physicalId, properties),
      delete: ({ physicalId }, { DomainName }) => domains.removeMapping(DomainName, physicalId),
    }),
  ];
}

function domainState(domainName: string, region: string): ResourceState {
  return {
    physicalId: domainName,
    attributes: {
      DomainNameArn: arn('apigateway', region, `/domainnames/${domainName}`, ''),
      // What a hosted zone would point at; here the name itself has to lead to the endpoint.
      DistributionDomainName: domainName,
      DistributionHostedZoneId: 'Z2FDTNDATAQYW2',
      RegionalDomainName: domainName,
      RegionalHostedZoneId: 'Z1UJRXOUMOOFQ8',
    },
  };
}

function putRestMapping(domains: DomainNames, properties: z.infer<typeof restMapping>): ResourceState {
  const { DomainName, BasePath = '(none)', RestApiId = '', Stage } = properties;
  const mappingId = `${DomainName}|${BasePath}`;
  const basePath = BasePath === '(none)' ? '' : BasePath;
  domains.putMapping(DomainName, { mappingId, apiId: RestApiId, stage: Stage, basePath });
  return { physicalId: mappingId, attributes: {} };
}

function putHttpMapping(
  domains: DomainNames,
  mappingId: string,
  { DomainName, ApiMappingKey = '', ApiId, Stage }: z.infer<typeof httpMapping>,
): ResourceState {
  domains.putMapping(DomainName, { mappingId, apiId: ApiId, stage: Stage, basePath: ApiMappingKey });
  return { physicalId: mappingId, attributes: { ApiMappingId: mappingId } };
}
