// Says of the open routes of an HTTP API that they are open. The CLI leaves it out, and CloudFormation does not touch what
// a template leaves out: a route would keep its authorizer, which then could not be deleted, when `auth` goes back to none.
module.exports = class OpenRoutes {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { Resources } = serverless.service.provider.compiledCloudFormationTemplate;
        for (const { Type, Properties } of Object.values(Resources)) {
          if (Type === 'AWS::ApiGatewayV2::Route') Properties.AuthorizationType ??= 'NONE';
        }
      },
    };
  }
};
