import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceContext } from './service-context.ts';
import { ServiceFault } from './service-fault.ts';
import type { Resources } from './template.ts';

// HTTP APIs verify tokens themselves. REST APIs know tokens of Cognito only, others take a function. Each kind of
// authorizer has a name of its own: another value of `auth` makes another one, and none has to become one of another
// kind under the methods that use it.

/** How long a policy is kept: a token that is revoked meanwhile stays valid. Functions check the expiry themselves. */
const keptSeconds = 300;

/**
 * Adds the function behind the token authorizer of a REST API.
 * @throws ServiceFault if the service has no code for it
 */
export function addAuthorizerFunction({
  name,
  stage,
  folder,
  service,
  settings,
  parameters,
  note,
}: ServiceContext): void {
  const { auth, oidcIssuer, oidcAudience } = parameters;
  if (settings.api !== 'rest' || auth !== 'jwt') return;
  if ('authorize' in service.functions) {
    throw new ServiceFault('functions.authorize: the name is taken by the authorizer that auth=jwt adds.');
  }
  const source = join('src', 'handlers', 'authorize.ts');
  if (!existsSync(join(folder, source))) {
    throw new ServiceFault(`auth=jwt needs ${source}, which verifies tokens: copy it from another service.`);
  }
  service.functions.authorize = {
    name: `${name}-${stage}-authorize`,
    handler: 'src/handlers/authorize.handler',
    description: 'Verifies the tokens of callers',
    environment: { OIDC_ISSUER: oidcIssuer, OIDC_AUDIENCE: oidcAudience },
    events: [],
    // None: it talks to the issuer and to nothing of AWS.
    iamRoleStatements: [],
  };
  note('functions.authorize', 'AWS::Lambda::Function', 'auth is jwt; REST APIs cannot verify such tokens themselves');
}

/** The authorizer of a REST API, and the permission to call its function. */
export function restAuthorizer(context: ServiceContext): Resources {
  const { parameters, platform, settings } = context;
  const token = { 'Fn::GetAtt': ['AuthorizeLambdaFunction', 'Arn'] };
  const isImported = settings.openapi !== undefined;
  switch (parameters.auth) {
    case 'none':
    case 'iam':
      return {};
    case 'jwt':
      return {
        ...(!isImported && { TokenAuthorizer: functionAuthorizer('tokens', `\${AuthorizeLambdaFunction.Arn}`) }),
        AuthorizerPermission: permission(token),
      };
    case 'cognito':
      if (isImported) return {};
      return {
        UserPoolAuthorizer: {
          Type: 'AWS::ApiGateway::Authorizer',
          Properties: {
            Name: 'user-pool',
            RestApiId: { Ref: 'ApiGatewayRestApi' },
            Type: 'COGNITO_USER_POOLS',
            IdentitySource: 'method.request.header.Authorization',
            ProviderARNs: [platform.callersUserPoolArn],
          },
        },
      };
    case 'lambda':
      return {
        ...(!isImported && { FunctionAuthorizer: functionAuthorizer('function', parameters.authorizerFunctionArn) }),
        AuthorizerPermission: permission(parameters.authorizerFunctionArn),
      };
  }
}

function functionAuthorizer(name: string, functionArn: string): Resources[string] {
  return {
    Type: 'AWS::ApiGateway::Authorizer',
    Properties: {
      Name: name,
      RestApiId: { Ref: 'ApiGatewayRestApi' },
      Type: 'REQUEST',
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: keptSeconds,
      AuthorizerUri: {
        'Fn::Sub': `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
      },
    },
  };
}

function permission(functionName: unknown): Resources[string] {
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: functionName,
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: {
        'Fn::Sub': `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${ApiGatewayRestApi}/authorizers/*`,
      },
    },
  };
}

/** `provider.httpApi.authorizers`. */
export function httpAuthorizers({ parameters, platform }: ServiceContext): object {
  const identitySource = '$request.header.Authorization';
  switch (parameters.auth) {
    case 'none':
    case 'iam':
      return {};
    case 'jwt': {
      const { oidcIssuer: issuerUrl, oidcAudience } = parameters;
      return { tokens: { type: 'jwt', identitySource, issuerUrl, audience: [oidcAudience] } };
    }
    case 'cognito': {
      // Access tokens of Cognito name the client in client_id, which API Gateway takes as the audience.
      const { callersIssuer: issuerUrl, callersClientId } = platform;
      return { userPool: { type: 'jwt', identitySource, issuerUrl, audience: [callersClientId] } };
    }
    case 'lambda':
      return {
        function: {
          type: 'request',
          identitySource,
          functionArn: parameters.authorizerFunctionArn,
          // The event and the answer of a REST API's authorizer, so that one function serves both kinds.
          payloadVersion: '1.0',
          resultTtlInSeconds: keptSeconds,
        },
      };
  }
}
