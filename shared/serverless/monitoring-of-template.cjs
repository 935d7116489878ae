/**
 * What the resources of a template are watched by: a metric filter on the log of each function, and alarms on those, on
 * queues, consumers of streams, pipes and APIs. An alarm that a service has of its own for the same metric stands in for
 * the one from here. All alarms go to the monitoring topic, those of the service too; without a topic they only have
 * their states.
 *
 * @param {{ Resources: Record<string, { Type: string, Properties?: any }> }} template
 * @param {{ service: string, stage: string, topicArn: string | undefined }} options
 * @returns {{ Resources: Record<string, object> }} resources to add to the template
 */
function monitoringOf({ Resources }, { service, stage, topicArn }) {
  const all = Object.entries(Resources).map(([id, { Type, Properties = {} }]) => ({ id, Type, Properties }));
  const ofType = (type) => all.filter(({ Type }) => Type === type);
  const actions = topicArn === undefined ? {} : { AlarmActions: [topicArn], OKActions: [topicArn] };
  const own = ofType('AWS::CloudWatch::Alarm');
  const watched = new Set(own.map(({ Properties }) => metricKey(Properties)));
  const added = Object.fromEntries(
    own.map(({ id, Properties }) => [id, { ...Resources[id], Properties: { ...actions, ...Properties } }]),
  );
  const alarm = (id, properties) => {
    if (watched.has(metricKey(properties))) return;
    added[id] = { Type: 'AWS::CloudWatch::Alarm', Properties: { ...defaults, ...actions, ...properties } };
  };

  for (const { id, Properties } of ofType('AWS::Lambda::Function')) {
    const logGroup = ofType('AWS::Logs::LogGroup').find(
      (group) => group.Properties.LogGroupName === `/aws/lambda/${Properties.FunctionName}`,
    );
    if (logGroup === undefined) continue;
    const metric = { MetricNamespace: errorNamespace, MetricName: Properties.FunctionName };
    added[`${id}ErrorFilter`] = {
      Type: 'AWS::Logs::MetricFilter',
      Properties: {
        LogGroupName: { Ref: logGroup.id },
        FilterPattern: isAuthorizer(Properties) ? authorizerErrorPattern : errorPattern,
        MetricTransformations: [{ ...metric, MetricValue: '1', DefaultValue: 0, Unit: 'Count' }],
      },
    };
    alarm(`${id}ErrorAlarm`, {
      AlarmDescription: `The log of ${Properties.FunctionName} has errors.`,
      Namespace: errorNamespace,
      MetricName: Properties.FunctionName,
      Statistic: 'Sum',
    });
  }

  const deadLetters = new Set(all.flatMap(deadLetterQueuesOf));
  for (const id of deadLetters) {
    alarm(`${id}FilledAlarm`, {
      AlarmDescription: `Something of ${service} has failed for good and waits in ${id}.`,
      ...queueMetric(id, 'ApproximateNumberOfMessagesVisible'),
    });
  }

  for (const { Properties } of ofType('AWS::Lambda::EventSourceMapping')) {
    const [source, attribute] = Properties.EventSourceArn?.['Fn::GetAtt'] ?? [];
    const [consumer] = Properties.FunctionName?.['Fn::GetAtt'] ?? [];
    if (Resources[source]?.Type === 'AWS::SQS::Queue' && !deadLetters.has(source)) {
      alarm(`${source}AgeAlarm`, {
        AlarmDescription: `A message of ${service} has waited in ${source} for more than five minutes.`,
        ...queueMetric(source, 'ApproximateAgeOfOldestMessage'),
        Threshold: 300,
      });
    }
    if (attribute === 'StreamArn' && consumer !== undefined) {
      alarm(`${consumer}LateAlarm`, {
        AlarmDescription: `A consumer of a stream of ${service} is more than five minutes behind.`,
        Namespace: 'AWS/Lambda',
        MetricName: 'IteratorAge',
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: consumer } }],
        Threshold: 300_000,
      });
    }
  }

  for (const { id } of ofType('AWS::Pipes::Pipe')) {
    alarm(`${id}FailedAlarm`, {
      AlarmDescription: `The pipe ${id} of ${service} could not deliver a batch.`,
      Namespace: 'AWS/EventBridge/Pipes',
      MetricName: 'ExecutionFailed',
      Dimensions: [{ Name: 'PipeName', Value: { Ref: id } }],
      Statistic: 'Sum',
    });
  }

  const api = (id, metric, errors) => {
    alarm(`${id}ErrorAlarm`, {
      AlarmDescription: `The API of ${service} answers with 5xx.`,
      ...metric,
      MetricName: errors,
      Statistic: 'Sum',
    });
    alarm(`${id}LatencyAlarm`, {
      AlarmDescription: `The API of ${service} has been slow for a quarter of an hour.`,
      ...metric,
      MetricName: 'Latency',
      Statistic: undefined,
      ExtendedStatistic: 'p99',
      Period: 300,
      EvaluationPeriods: 3,
      Threshold: 3000,
    });
  };
  for (const { id, Properties } of ofType('AWS::ApiGateway::RestApi')) {
    const Dimensions = [
      { Name: 'ApiName', Value: Properties.Name },
      { Name: 'Stage', Value: stage },
    ];
    api(id, { Namespace: 'AWS/ApiGateway', Dimensions }, '5XXError');
  }
  for (const { id } of ofType('AWS::ApiGatewayV2::Api')) {
    api(id, { Namespace: 'AWS/ApiGateway', Dimensions: [{ Name: 'ApiId', Value: { Ref: id } }] }, '5xx');
  }
  return { Resources: added };
}

const errorNamespace = 'ServerlessMicroservices/Errors';

/**
 * Our own lines at ERROR and above, what the runtime writes of an exception that nobody caught, and the report of an
 * invocation that ended in a timeout or a crash, of which no other line tells.
 */
const errorPattern =
  '{ ($.level = "ERROR") || ($.level = "CRITICAL") || ($.level = "FATAL") || ' +
  '(($.type = "platform.report") && ($.record.status != "success")) }';

/** An authorizer refuses a token by failing, which anybody can bring about: only what it logs itself is an error. */
const authorizerErrorPattern =
  '{ (($.level = "ERROR") && ($.service = "*")) || (($.type = "platform.report") && ($.record.status = "timeout")) }';

/** That of authorizer-function.yml. */
function isAuthorizer({ FunctionName }) {
  return typeof FunctionName === 'string' && FunctionName.endsWith('-authorize');
}

const defaults = {
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
};

function queueMetric(id, MetricName) {
  const Dimensions = [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }];
  return { Namespace: 'AWS/SQS', MetricName, Dimensions };
}

/** Tells alarms on one metric. */
function metricKey({ Namespace, MetricName, Dimensions }) {
  return JSON.stringify([Namespace, MetricName, Dimensions]);
}

/** The queues, by logical id, to which a resource gives what has failed. */
function deadLetterQueuesOf({ Type, Properties }) {
  switch (Type) {
    case 'AWS::SQS::Queue':
      return queuesIn([Properties.RedrivePolicy?.deadLetterTargetArn]);
    case 'AWS::Lambda::Function':
      return queuesIn([Properties.DeadLetterConfig?.TargetArn]);
    case 'AWS::Lambda::EventSourceMapping':
    case 'AWS::Lambda::EventInvokeConfig':
      return queuesIn([Properties.DestinationConfig?.OnFailure?.Destination]);
    case 'AWS::SNS::Subscription':
      return queuesIn([Properties.RedrivePolicy?.deadLetterTargetArn]);
    case 'AWS::Pipes::Pipe':
      return queuesIn(Object.values(Properties.SourceParameters ?? {}).map((source) => source.DeadLetterConfig?.Arn));
    default:
      return [];
  }
}

function queuesIn(arns) {
  return arns.flatMap((arn) => (arn?.['Fn::GetAtt']?.[1] === 'Arn' ? [arn['Fn::GetAtt'][0]] : []));
}

module.exports = { monitoringOf };
