import * as z from 'zod';
import type { Template } from '../render-templates/template.ts';
import type { ApiOptions } from './api-options.ts';
import type { Finding } from './finding.ts';
import { referenceOf } from './intrinsic.ts';
import { operationFindings } from './operation-findings.ts';

type Properties = Readonly<Record<string, unknown>>;
type Rule = (parts: Parts, options: ApiOptions) => readonly Finding[];

/** The resources of a template by their type. */
type Parts = (type: string) => readonly { readonly logicalId: string; readonly Properties: Properties }[];

/**
 * The rules of this project for APIs: whatever the options ask for, they have it everywhere. `template` is as
 * CloudFormation deploys it, its conditions decided.
 */
export function apiFindings(template: Template, options: ApiOptions): readonly Finding[] {
  const parts: Parts = (type) =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => Type === type)
      .map(([logicalId, { Properties = {} }]) => ({ logicalId, Properties }));
  return [
    methodsAskForCallers,
    routesAskForCallers,
    apisHaveStages,
    importsCanWarn,
    stagesAreThrottled,
    apisAreMapped,
    defaultEndpointsAreClosed,
    stagesAreBehindTheWebAcl,
  ].flatMap((rule) => rule(parts, options));
}

const restAuthorization = {
  none: 'NONE',
  jwt: 'CUSTOM',
  cognito: 'COGNITO_USER_POOLS',
  lambda: 'CUSTOM',
  iam: 'AWS_IAM',
};
const httpAuthorization = { none: 'NONE', jwt: 'JWT', cognito: 'JWT', lambda: 'CUSTOM', iam: 'AWS_IAM' };

const methodsAskForCallers: Rule = (parts, options) => [
  ...parts('AWS::ApiGateway::Method').flatMap(({ logicalId, Properties }) =>
    // Browsers ask for leave before they show who they are.
    Properties.HttpMethod === 'OPTIONS'
      ? []
      : [
          ...authorizationFindings(logicalId, Properties, restAuthorization[options.auth]),
          ...(String(Properties.ApiKeyRequired ?? false) === String(options.apiKeyRequired)
            ? []
            : [
                {
                  logicalId,
                  path: 'Properties.ApiKeyRequired',
                  rule: 'api-key',
                  message: 'This is not as apiKeyRequired says.',
                },
              ]),
        ],
  ),
  ...parts('AWS::ApiGateway::RestApi').flatMap(({ logicalId, Properties }) =>
    Properties.Body === undefined ? [] : operationFindings(logicalId, Properties.Body, options),
  ),
];

const routesAskForCallers: Rule = (parts, { auth }) =>
  parts('AWS::ApiGatewayV2::Route').flatMap(({ logicalId, Properties }) =>
    authorizationFindings(logicalId, Properties, httpAuthorization[auth]),
  );

function authorizationFindings(logicalId: string, properties: Properties, expected: string): readonly Finding[] {
  // Said even where it is NONE: CloudFormation leaves a route as it was where its template says nothing.
  const { AuthorizationType, AuthorizerId, AuthorizationScopes = [] } = properties;
  const finding = (path: string, message: string): Finding => ({ logicalId, path, rule: 'authorization', message });
  const hasScopes = z.array(z.string()).min(1).safeParse(AuthorizationScopes).success;
  return [
    AuthorizationType === expected ? [] : finding('Properties.AuthorizationType', `This is not ${expected}.`),
    (AuthorizerId !== undefined) === !['NONE', 'AWS_IAM'].includes(expected)
      ? []
      : finding('Properties.AuthorizerId', `This does not fit ${expected}.`),
    hasScopes === ['JWT', 'COGNITO_USER_POOLS'].includes(expected)
      ? []
      : finding('Properties.AuthorizationScopes', `These do not fit ${expected}.`),
  ].flat();
}

const apisHaveStages: Rule = (parts) =>
  (
    [
      ['AWS::ApiGateway::RestApi', 'AWS::ApiGateway::Stage', 'RestApiId'],
      ['AWS::ApiGatewayV2::Api', 'AWS::ApiGatewayV2::Stage', 'ApiId'],
    ] as const
  ).flatMap(([type, stageType, key]) => {
    const served = new Set(parts(stageType).map(({ Properties }) => referenceOf(Properties[key])?.id));
    return parts(type)
      .filter(({ logicalId }) => !served.has(logicalId))
      .map(({ logicalId }) => ({ logicalId, path: '', rule: 'stage', message: 'This API has no stage.' }));
  });

/** An import warns about keywords of OpenAPI that API Gateway does not have; so would one that comes with an update. */
const importsCanWarn: Rule = (parts) =>
  parts('AWS::ApiGateway::RestApi')
    .filter(({ Properties }) => String(Properties.FailOnWarnings) === 'true')
    .map(({ logicalId }) => ({
      logicalId,
      path: 'Properties.FailOnWarnings',
      rule: 'import-warnings',
      message: 'A warning of the import would fail the deploy.',
    }));

const limits = z.looseObject({ ThrottlingRateLimit: z.unknown(), ThrottlingBurstLimit: z.unknown() });
const allMethods = limits.extend({ ResourcePath: z.literal('/*'), HttpMethod: z.literal('*') });

const stagesAreThrottled: Rule = (parts) =>
  [
    ...unless(parts('AWS::ApiGateway::Stage'), ({ MethodSettings }) =>
      z
        .array(z.unknown())
        .parse(MethodSettings ?? [])
        .some((settings) => allMethods.safeParse(settings).success),
    ),
    ...unless(
      parts('AWS::ApiGatewayV2::Stage'),
      ({ DefaultRouteSettings }) => limits.safeParse(DefaultRouteSettings).success,
    ),
  ].map(({ logicalId }) => ({
    logicalId,
    path: 'Properties',
    rule: 'throttling',
    message: 'This stage has no limits.',
  }));

const apisAreMapped: Rule = (parts, { domainName, service }) => {
  const mappings = parts('AWS::ApiGatewayV2::ApiMapping').map(({ Properties }) => Properties);
  const apis = [...parts('AWS::ApiGateway::RestApi'), ...parts('AWS::ApiGatewayV2::Api')];
  return apis.flatMap(({ logicalId }) => {
    const own = mappings.filter(({ ApiId }) => referenceOf(ApiId)?.id === logicalId);
    const fitting = own.filter(
      (mapping) =>
        mapping.DomainName === domainName && mapping.ApiMappingKey === service && mapping.Stage !== undefined,
    );
    const expected = domainName === '' ? 0 : 1;
    if (own.length === expected && fitting.length === expected) return [];
    return [{ logicalId, path: '', rule: 'domain', message: `The mapping of this API does not fit "${domainName}".` }];
  });
};

const defaultEndpointsAreClosed: Rule = (parts, { domainName, disableExecuteApiEndpoint }) => {
  const expected = domainName !== '' && disableExecuteApiEndpoint;
  return [...parts('AWS::ApiGateway::RestApi'), ...parts('AWS::ApiGatewayV2::Api')]
    .filter(({ Properties }) => (String(Properties.DisableExecuteApiEndpoint) === 'true') !== expected)
    .map(({ logicalId }) => ({
      logicalId,
      path: 'Properties.DisableExecuteApiEndpoint',
      rule: 'default-endpoint',
      message: `This is not ${expected}, as domainName and disableExecuteApiEndpoint say.`,
    }));
};

const stagesAreBehindTheWebAcl: Rule = (parts, { webAcl }) => {
  const associations = parts('AWS::WAFv2::WebACLAssociation');
  const apis = parts('AWS::ApiGateway::RestApi');
  if (associations.length === (webAcl === 'none' ? 0 : apis.length)) return [];
  const message = `${associations.length} of ${apis.length} APIs are behind a web ACL, which is ${webAcl}.`;
  return [{ logicalId: '', path: '', rule: 'web-acl', message }];
};

function unless<T extends { readonly Properties: Properties }>(
  parts: readonly T[],
  holds: (properties: Properties) => boolean,
): readonly T[] {
  return parts.filter(({ Properties }) => !holds(Properties));
}
