// The description of the API as API Gateway imports it: openapi/users-async.yml and, by the parameters auth and
// apiKeyRequired, what its operations ask of their callers. For the other services shared/serverless/authorizer.yml says
// the same.
const { createHash } = require('node:crypto');

module.exports = async ({ resolveVariable }) => {
  const description = await resolveVariable('file(../../openapi/users-async.yml)');
  const service = await resolveVariable('self:service');
  const auth = await resolveVariable('param:auth');
  const scheme = await schemeOf(auth, resolveVariable);
  const apiKeyRequired = String(await resolveVariable('param:apiKeyRequired')) === 'true';

  const requirementOf = (method) => ({
    ...(scheme && { [scheme.name]: scheme.isScoped ? [`${service}/${method === 'get' ? 'read' : 'write'}`] : [] }),
    ...(apiKeyRequired && { apiKey: [] }),
  });
  const securityOf = (method) => {
    const requirement = requirementOf(method);
    // Browsers ask for leave before they show who they are.
    return method === 'options' || Object.keys(requirement).length === 0 ? [] : [requirement];
  };
  const paths = mapValues(description.paths, (path) =>
    mapValues(path, (operation, method) =>
      operation.responses === undefined ? operation : { ...operation, security: securityOf(method) },
    ),
  );
  const securitySchemes = {
    ...(scheme && { [scheme.name]: { type: 'apiKey', name: 'Authorization', in: 'header', ...scheme.definition } }),
    ...(apiKeyRequired && { apiKey: { type: 'apiKey', name: 'x-api-key', in: 'header' } }),
  };
  const answers = 'x-amazon-apigateway-gateway-responses';
  const unknown = await resolveVariable(`file(../../shared/serverless/missing-authentication-token.yml):${auth}`);
  const missingToken = {
    ...description[answers].MISSING_AUTHENTICATION_TOKEN,
    statusCode: unknown.statusCode,
    responseTemplates: { 'application/json': unknown.body },
  };
  return {
    ...description,
    // An import names the API by its title.
    info: { ...description.info, title: `${await resolveVariable('sls:stage')}-${service}` },
    [answers]: { ...description[answers], MISSING_AUTHENTICATION_TOKEN: missingToken },
    paths,
    components: { ...description.components, securitySchemes },
  };
};

/**
 * The name of a scheme is that of its authorizer. An import leaves an authorizer as it is that is there already by that
 * name, so that each kind and each target has a name of its own.
 */
async function schemeOf(auth, resolveVariable) {
  switch (auth) {
    case 'none':
      return undefined;
    case 'iam':
      return { name: 'signature', definition: { 'x-amazon-apigateway-authtype': 'awsSigv4' } };
    case 'cognito': {
      const userPoolArn = await resolveVariable('self:custom.platform.callersUserPoolArn');
      return {
        name: nameFor('userPool', userPoolArn),
        isScoped: true,
        definition: {
          'x-amazon-apigateway-authtype': 'cognito_user_pools',
          'x-amazon-apigateway-authorizer': {
            type: 'cognito_user_pools',
            providerARNs: [userPoolArn],
          },
        },
      };
    }
    case 'jwt':
      return requestAuthorizer('tokens', { 'Fn::GetAtt': ['AuthorizeLambdaFunction', 'Arn'] });
    case 'lambda': {
      const functionArn = await resolveVariable('param:authorizerFunctionArn');
      return requestAuthorizer(nameFor('function', functionArn), functionArn);
    }
    default:
      throw new Error(`auth is ${auth}`);
  }
}

function nameFor(kind, target) {
  return kind + createHash('sha256').update(target).digest('hex').slice(0, 8);
}

function requestAuthorizer(name, functionArn) {
  return {
    name,
    definition: {
      'x-amazon-apigateway-authtype': 'custom',
      'x-amazon-apigateway-authorizer': {
        type: 'request',
        identitySource: 'method.request.header.Authorization',
        authorizerResultTtlInSeconds: 300,
        authorizerUri: {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':apigateway:',
              { Ref: 'AWS::Region' },
              ':lambda:path/2015-03-31/functions/',
              functionArn,
              '/invocations',
            ],
          ],
        },
      },
    },
  };
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}
