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
    stagesAreThrottled,
    apisAreMapped,
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
