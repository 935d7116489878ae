// One dashboard for all services. It finds their metrics by searching, so that a new service shows without a change here;
// names of functions, queues and APIs have the stage in them.
const columns = 2;
const width = 24 / columns;
const height = 6;

module.exports = async ({ resolveVariable }) => {
  const stage = await resolveVariable('sls:stage');
  const region = await resolveVariable('self:provider.region');
  const search = (schema, metric, statistic, filter = '') =>
    `SEARCH('{${schema}} MetricName="${metric}" ${filter}', '${statistic}', 60)`;
  const lambda = (metric, statistic) => search('AWS/Lambda,FunctionName', metric, statistic, `FunctionName=${stage}`);
  const api = (metric, statistic) => search('AWS/ApiGateway,ApiName,Stage', metric, statistic, `Stage="${stage}"`);
  const queue = (metric) => search('AWS/SQS,QueueName', metric, 'Maximum', `QueueName=${stage}`);
  const pipe = (metric) => search('AWS/EventBridge/Pipes,PipeName', metric, 'Sum', `PipeName=${stage}`);

  const graphs = [
    ['Errors in logs', `SEARCH('Namespace="ServerlessMicroservices/Errors" MetricName=${stage}', 'Sum', 60)`],
    ['Invocations', lambda('Invocations', 'Sum')],
    ['Failed and throttled invocations', lambda('Errors', 'Sum'), lambda('Throttles', 'Sum')],
    ['Duration of functions, p99', lambda('Duration', 'p99')],
    ['Requests to APIs', api('Count', 'Sum')],
    ['5xx of APIs', api('5XXError', 'Sum'), search('AWS/ApiGateway,ApiId', '5xx', 'Sum')],
    ['Latency of APIs, p99', api('Latency', 'p99'), search('AWS/ApiGateway,ApiId', 'Latency', 'p99')],
    ['Messages in queues', queue('ApproximateNumberOfMessagesVisible')],
    ['Age of the oldest message', queue('ApproximateAgeOfOldestMessage')],
    ['Failed executions of pipes', pipe('ExecutionFailed'), pipe('ExecutionPartiallyFailed')],
    ['Business', `SEARCH('{ServerlessMicroservices,service}', 'Sum', 60)`],
  ];
  const widgets = graphs.map(([title, ...expressions], index) => ({
    type: 'metric',
    x: (index % columns) * width,
    y: Math.floor(index / columns) * height,
    width,
    height,
    properties: {
      title,
      region,
      view: 'timeSeries',
      metrics: expressions.map((expression, number) => [{ expression, id: `e${number}` }]),
    },
  }));
  return {
    Resources: {
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: { DashboardName: `microservices-${stage}`, DashboardBody: JSON.stringify({ widgets }) },
      },
    },
  };
};
