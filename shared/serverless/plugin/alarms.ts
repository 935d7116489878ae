import { ownerOfAttribute, ownerOfFunctionArn, type Resources, resourcesOfType } from './template.ts';

/** An alarm, by its logical id. */
export type Alarm = readonly [string, AlarmProperties];
export type AlarmProperties = Readonly<Record<string, unknown>>;

export type Names = { readonly service: string; readonly stage: string };

/** On functions that fall behind the stream that they consume. */
export function streamAlarms(resources: Resources, { service }: Names): readonly Alarm[] {
  return resourcesOfType(resources, 'AWS::Lambda::EventSourceMapping').flatMap(
    ([, { Properties }]): readonly Alarm[] => {
      const isStream = ownerOfAttribute(Properties?.EventSourceArn, 'StreamArn') !== undefined;
      const consumer = ownerOfFunctionArn(Properties?.FunctionName);
      if (!isStream || consumer === undefined) return [];
      return [
        [
          `${consumer}LateAlarm`,
          {
            AlarmDescription: `A consumer of a stream of ${service} is more than five minutes behind.`,
            Namespace: 'AWS/Lambda',
            MetricName: 'IteratorAge',
            Dimensions: [{ Name: 'FunctionName', Value: { Ref: consumer } }],
            Threshold: 300_000,
          },
        ],
      ];
    },
  );
}

/**
 * On pipes that fail, wholly or in part, and on pipes that fall behind. Pipes have no metric of their age: the functions
 * of this project measure it, see shared/batch/pipe-handler.ts.
 */
export function pipeAlarms(resources: Resources, { service }: Names): readonly Alarm[] {
  return resourcesOfType(resources, 'AWS::Pipes::Pipe').flatMap(([id, { Properties }]): readonly Alarm[] => {
    const Dimensions = [{ Name: 'PipeName', Value: { Ref: id } }];
    const query = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'AWS/EventBridge/Pipes', MetricName, Dimensions }, Period: 60, Stat: 'Sum' },
      ReturnData: false,
    });
    const failed: Alarm = [
      `${id}FailedAlarm`,
      {
        AlarmDescription: `The pipe ${id} of ${service} could not deliver a batch, or a part of one.`,
        Metrics: [
          {
            Id: 'failures',
            Label: `Failed executions of ${id}`,
            Expression: 'FILL(failed, 0) + FILL(partlyFailed, 0) + FILL(timedOut, 0)',
            ReturnData: true,
          },
          query('failed', 'ExecutionFailed'),
          query('partlyFailed', 'ExecutionPartiallyFailed'),
          query('timedOut', 'ExecutionTimeout'),
        ],
      },
    ];
    const throttled: Alarm = [
      `${id}ThrottledAlarm`,
      {
        AlarmDescription: `The pipe ${id} of ${service} has been throttled for five minutes.`,
        Namespace: 'AWS/EventBridge/Pipes',
        MetricName: 'ExecutionThrottled',
        Dimensions,
        Statistic: 'Sum',
        EvaluationPeriods: 5,
      },
    ];
    const late: Alarm = [
      `${id}LateAlarm`,
      {
        AlarmDescription: `The pipe ${id} of ${service} is more than five minutes behind.`,
        Namespace: 'ServerlessMicroservices',
        MetricName: 'ChangeAge',
        Dimensions: [{ Name: 'service', Value: service }],
        Threshold: 300_000,
      },
    ];
    const target = ownerOfFunctionArn(Properties?.Target);
    const isMeasured = target !== undefined && resources[target]?.Type === 'AWS::Lambda::Function';
    return [failed, throttled, ...(isMeasured ? [late] : [])];
  });
}

/** On errors and latency of both kinds of APIs. */
export function apiAlarms(resources: Resources, { service, stage }: Names): readonly Alarm[] {
  const alarms = (id: string, Dimensions: readonly object[], errors: string): readonly Alarm[] => [
    [
      `${id}ErrorAlarm`,
      {
        AlarmDescription: `The API of ${service} answers with 5xx.`,
        Namespace: 'AWS/ApiGateway',
        Dimensions,
        MetricName: errors,
        Statistic: 'Sum',
      },
    ],
    [
      `${id}LatencyAlarm`,
      {
        AlarmDescription: `The API of ${service} has been slow for a quarter of an hour.`,
        Namespace: 'AWS/ApiGateway',
        Dimensions,
        MetricName: 'Latency',
        Statistic: undefined,
        ExtendedStatistic: 'p99',
        Period: 300,
        EvaluationPeriods: 3,
        Threshold: 3000,
      },
    ],
  ];
  return [
    ...resourcesOfType(resources, 'AWS::ApiGateway::RestApi').flatMap(([id, { Properties }]) =>
      alarms(
        id,
        [
          { Name: 'ApiName', Value: Properties?.Name },
          { Name: 'Stage', Value: stage },
        ],
        '5XXError',
      ),
    ),
    ...resourcesOfType(resources, 'AWS::ApiGatewayV2::Api').flatMap(([id]) =>
      alarms(id, [{ Name: 'ApiId', Value: { Ref: id } }], '5xx'),
    ),
  ];
}
