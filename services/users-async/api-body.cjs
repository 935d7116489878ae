// The description of the API as API Gateway imports it: openapi/users-async.yml and, by the parameters auth and
// apiKeyRequired, what its operations ask of their callers. For the other services shared/serverless/authorizer.yml says
// the same.
module.exports = async ({ resolveVariable }) => {
  const description = await resolveVariable('file(../../openapi/users-async.yml)');
  const service = await resolveVariable('self:service');
  const auth = await resolveVariable('param:auth');
  const scheme = await schemeOf(auth, resolveVariable);
  const apiKeyRequired = String(await resolveVariable('param:apiKeyRequired')) === 'true';

  const requirementOf = (method) => ({
    ...(scheme && { callers: scheme.isScoped ? [`${service}/${method === 'get' ? 'read' : 'write'}`] : [] }),
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
    ...(scheme && { callers: { type: 'apiKey', name: 'Authorization', in: 'header', ...scheme.definition } }),
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
    [answers]: { ...description[answers], MISSING_AUTHENTICATION_TOKEN: missingToken },
    paths,
    components: { ...description.components, securitySchemes },
  };
};

async function schemeOf(auth, resolveVariable) {
  switch (auth) {
    case 'none':
      return undefined;
    case 'iam':
      return { definition: { 'x-amazon-apigateway-authtype': 'awsSigv4' } };
    case 'cognito':
      return {
        isScoped: true,
        definition: {
          'x-amazon-apigateway-authtype': 'cognito_user_pools',
          'x-amazon-apigateway-authorizer': {
            type: 'cognito_user_pools',
            providerARNs: [await resolveVariable('self:custom.platform.callersUserPoolArn')],
          },
        },
      };
    case 'jwt':
      return requestAuthorizer({ 'Fn::GetAtt': ['AuthorizeLambdaFunction', 'Arn'] });
    case 'lambda':
      return requestAuthorizer(await resolveVariable('param:authorizerFunctionArn'));
    default:
      throw new Error(`auth is ${auth}`);
  }
}

function requestAuthorizer(functionArn) {
  return {
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
