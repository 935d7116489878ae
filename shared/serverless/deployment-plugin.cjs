// Takes the deployment of a service's REST API over from the framework, after its template is complete and before it is
// written.
const { deploymentOf } = require('./deployment-of-template.cjs');

module.exports = class Deployment {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const template = serverless.service.provider.compiledCloudFormationTemplate;
        template.Resources = deploymentOf(template).Resources;
      },
    };
  }
};
