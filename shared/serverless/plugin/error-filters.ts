import type { Alarm } from './alarms.ts';
import { type Resources, resourcesOfType } from './template.ts';

/** Of the metrics of errors in logs, which have the names of the functions. */
export const errorNamespace = 'ServerlessMicroservices/Errors';

/**
 * Our own lines at ERROR and above, what the runtime writes about an uncaught exception, and the report of an invocation
 * that ended in a timeout or a crash, which no other line mentions.
 */
const errorPattern =
  '{ ($.level = "ERROR") || ($.level = "CRITICAL") || ($.level = "FATAL") || ' +
  '(($.type = "platform.report") && ($.record.status != "success")) }';

/** An authorizer refuses a token by failing, which any client can cause: only what it logs itself is an error. */
const authorizerErrorPattern =
  '{ (($.level = "ERROR") && ($.service = "*")) || (($.type = "platform.report") && ($.record.status = "timeout")) }';

/** A metric of the errors in the log of each function, and an alarm on it. */
export function functionErrors(resources: Resources): {
  readonly filters: Resources;
  readonly alarms: readonly Alarm[];
} {
  const groups = resourcesOfType(resources, 'AWS::Logs::LogGroup');
  const logged = resourcesOfType(resources, 'AWS::Lambda::Function').flatMap(([id, { Properties }]) => {
    const name = String(Properties?.FunctionName);
    const [logGroup] = groups.find(([, group]) => group.Properties?.LogGroupName === `/aws/lambda/${name}`) ?? [];
    return logGroup === undefined ? [] : [{ id, name, logGroup }];
  });
  return {
    filters: Object.fromEntries(
      logged.map(({ id, name, logGroup }) => [
        `${id}ErrorFilter`,
        {
          Type: 'AWS::Logs::MetricFilter',
          Properties: {
            LogGroupName: { Ref: logGroup },
            // The function that addAuthorizerFunction adds.
            FilterPattern: name.endsWith('-authorize') ? authorizerErrorPattern : errorPattern,
            MetricTransformations: [
              {
                MetricNamespace: errorNamespace,
                MetricName: name,
                MetricValue: '1',
                DefaultValue: 0,
                Unit: 'Count',
              },
            ],
          },
        },
      ]),
    ),
    alarms: logged.map(({ id, name }) => [
      `${id}ErrorAlarm`,
      {
        AlarmDescription: `The log of ${name} has errors.`,
        Namespace: errorNamespace,
        MetricName: name,
        Statistic: 'Sum',
      },
    ]),
  };
}
