import { createHash } from 'node:crypto';
import { missingAuthenticationToken } from './gateway-responses.ts';
import type { ServiceContext } from './service-context.ts';
import type { ApiDescription } from './settings.ts';
import type { Template } from './template.ts';

/**
 * The REST API that API Gateway imports from an OpenAPI document, under the names that the framework would give. By the
 * parameters auth and apiKeyRequired its operations ask callers for the scopes read and write and for the API key.
 */
export function importedApi(description: ApiDescription, context: ServiceContext): Template {
  const { name, stage } = context;
  return {
    Resources: {
      ApiGatewayRestApi: {
        Type: 'AWS::ApiGateway::RestApi',
        Properties: {
          Name: `${stage}-${name}`,
          EndpointConfiguration: { Types: ['REGIONAL'] },
          // Without FailOnWarnings: an import warns about keywords of OpenAPI that API Gateway does not have, and each
          // would fail the deploy. additionalProperties is one of them by its documentation.
          // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
          Body: bodyOf(description, context),
        },
      },
      ApiGatewayDeployment: {
        Type: 'AWS::ApiGateway::Deployment',
        Properties: { RestApiId: { Ref: 'ApiGatewayRestApi' } },
      },
    },
    Outputs: {
      ServiceEndpoint: {
        Value: {
          'Fn::Sub': `https://\${ApiGatewayRestApi}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/${stage}`,
        },
      },
    },
  };
}

function bodyOf(description: ApiDescription, context: ServiceContext): object {
  const { name, stage, parameters } = context;
  const scheme = schemeOf(context);
  const { apiKeyRequired } = parameters;
  const securityOf = (method: string): readonly object[] => {
    // Browsers send preflight requests without credentials.
    if (method === 'options' || (scheme === undefined && !apiKeyRequired)) return [];
    const scopes = scheme?.isScoped ? [`${name}/${method === 'get' ? 'read' : 'write'}`] : [];
    return [{ ...(scheme && { [scheme.name]: scopes }), ...(apiKeyRequired && { apiKey: [] }) }];
  };
  const unknown = missingAuthenticationToken(parameters.auth);
  const answers = description['x-amazon-apigateway-gateway-responses'];
  return {
    ...description,
    // An import names the API by its title.
    info: { ...description.info, title: `${stage}-${name}` },
    'x-amazon-apigateway-gateway-responses': {
      ...answers,
      MISSING_AUTHENTICATION_TOKEN: {
        ...answers?.MISSING_AUTHENTICATION_TOKEN,
        statusCode: unknown.statusCode,
        responseTemplates: { 'application/json': unknown.body },
      },
    },
    paths: mapValues(description.paths, (path) =>
      mapValues(path, (operation, method) =>
        'responses' in operation ? { ...operation, security: securityOf(method) } : operation,
      ),
    ),
    components: {
      ...description.components,
      securitySchemes: {
        ...(scheme && { [scheme.name]: { type: 'apiKey', name: 'Authorization', in: 'header', ...scheme.definition } }),
        ...(apiKeyRequired && { apiKey: { type: 'apiKey', name: 'x-api-key', in: 'header' } }),
      },
    },
  };
}

type Scheme = { readonly name: string; readonly isScoped?: true; readonly definition: object };

/**
 * A security scheme has the name of its authorizer. An import does not change an authorizer of the same name, so that
 * each kind and each target has a name of its own.
 */
function schemeOf({ parameters: { auth, authorizerFunctionArn }, platform }: ServiceContext): Scheme | undefined {
  switch (auth) {
    case 'none':
      return undefined;
    case 'iam':
      return { name: 'signature', definition: { 'x-amazon-apigateway-authtype': 'awsSigv4' } };
    case 'cognito': {
      const userPoolArn = String(platform.callersUserPoolArn);
      return {
        name: nameFor('userPool', userPoolArn),
        isScoped: true,
        definition: {
          'x-amazon-apigateway-authtype': 'cognito_user_pools',
          'x-amazon-apigateway-authorizer': { type: 'cognito_user_pools', providerARNs: [userPoolArn] },
        },
      };
    }
    case 'jwt':
      return requestAuthorizer('tokens', { 'Fn::GetAtt': ['AuthorizeLambdaFunction', 'Arn'] });
    case 'lambda':
      return requestAuthorizer(nameFor('function', authorizerFunctionArn), authorizerFunctionArn);
  }
}

function nameFor(kind: string, target: string): string {
  return kind + createHash('sha256').update(target).digest('hex').slice(0, 8);
}

function requestAuthorizer(name: string, functionArn: unknown): Scheme {
  const uri = ['arn:', { Ref: 'AWS::Partition' }, ':apigateway:', { Ref: 'AWS::Region' }];
  return {
    name,
    definition: {
      'x-amazon-apigateway-authtype': 'custom',
      'x-amazon-apigateway-authorizer': {
        type: 'request',
        identitySource: 'method.request.header.Authorization',
        authorizerResultTtlInSeconds: 300,
        authorizerUri: {
          'Fn::Join': ['', [...uri, ':lambda:path/2015-03-31/functions/', functionArn, '/invocations']],
        },
      },
    },
  };
}

function mapValues<T, U>(object: Readonly<Record<string, T>>, change: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}
