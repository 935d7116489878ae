// Takes from functions the right to make log groups. Theirs are in the template; but Lambda writes the last lines of a
// function after it is gone, and with this right makes the group anew, at which the next deploy of the service fails.
module.exports = class LogGroups {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { Resources } = serverless.service.provider.compiledCloudFormationTemplate;
        for (const { Type, Properties } of Object.values(Resources)) {
          if (Type !== 'AWS::IAM::Role') continue;
          const policies = Properties.Policies ?? [];
          for (const statement of policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)) {
            if (!Array.isArray(statement.Action)) continue;
            statement.Action = statement.Action.filter((action) => action !== 'logs:CreateLogGroup');
          }
        }
      },
    };
  }
};
