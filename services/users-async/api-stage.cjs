// A deployment is a snapshot of an API. Its logical id is derived from the description, so that CloudFormation takes a
// new snapshot when, and only when, the description has changed.
const { createHash } = require('node:crypto');

module.exports = async ({ resolveVariable }) => {
  const description = await resolveVariable('file(../../openapi/users-async.yml)');
  const hash = createHash('sha256').update(JSON.stringify(description)).digest('hex').slice(0, 12);
  const deploymentId = `UsersApiDeployment${hash}`;
  return {
    Resources: {
      [deploymentId]: {
        Type: 'AWS::ApiGateway::Deployment',
        Properties: { RestApiId: { Ref: 'UsersApi' } },
      },
      UsersApiStage: {
        Type: 'AWS::ApiGateway::Stage',
        Properties: {
          RestApiId: { Ref: 'UsersApi' },
          DeploymentId: { Ref: deploymentId },
          StageName: await resolveVariable('sls:stage'),
          TracingEnabled: await resolveVariable('param:tracing'),
          MethodSettings: [
            {
              ResourcePath: '/*',
              HttpMethod: '*',
              ThrottlingRateLimit: await resolveVariable('param:throttlingRateLimit'),
              ThrottlingBurstLimit: await resolveVariable('param:throttlingBurstLimit'),
            },
          ],
          AccessLogSetting: {
            'Fn::If': [
              'AccessLogs',
              {
                DestinationArn: { 'Fn::GetAtt': ['UsersApiLogGroup', 'Arn'] },
                Format: await resolveVariable('file(../../shared/serverless/access-logs.yml):true.format'),
              },
              { Ref: 'AWS::NoValue' },
            ],
          },
        },
      },
    },
  };
};
