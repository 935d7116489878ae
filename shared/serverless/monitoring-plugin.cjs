// Adds to every service what it is watched by, after its template is complete and before it is written. Working on the
// finished template and not on serverless.yml, it cannot miss a function, a queue or an API, whoever added it.
const { monitoringOf } = require('./monitoring-of-template.cjs');

module.exports = class Monitoring {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { service } = serverless;
        const template = service.provider.compiledCloudFormationTemplate;
        const { Resources } = monitoringOf(template, {
          service: service.service,
          stage: serverless.getProvider('aws').getStage(),
          topicArn: service.custom?.platform?.monitoringTopicArn ?? undefined,
        });
        Object.assign(template.Resources, Resources);
      },
    };
  }
};
