// Lets API Gateway refuse a preflight request of a content type that its mock integration has no template for. As the
// CLI writes these integrations, the body goes on as it is, is no status, and makes 500 of a client's mistake.
module.exports = class Preflight {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { Resources } = serverless.service.provider.compiledCloudFormationTemplate;
        for (const { Type, Properties } of Object.values(Resources)) {
          const isMock = Type === 'AWS::ApiGateway::Method' && Properties.Integration.Type === 'MOCK';
          if (isMock) Properties.Integration.PassthroughBehavior = 'NEVER';
        }
      },
    };
  }
};
