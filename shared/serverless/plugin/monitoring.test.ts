import { describe, expect, it } from '@jest/globals';
import { compileLogFilter } from 'local-aws/log-filter-pattern';
import * as z from 'zod';
import { monitoringOf } from './monitoring.ts';
import type { Resources } from './template.ts';

const properties = z.looseObject({
  FilterPattern: z.string().optional(),
  AlarmActions: z.array(z.string()).optional(),
  AlarmDescription: z.string().optional(),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: z.array(z.unknown()).optional(),
  Statistic: z.string().optional(),
  Period: z.number().optional(),
  Metrics: z
    .array(
      z.looseObject({
        Expression: z.string().optional(),
        MetricStat: z
          .looseObject({ Metric: z.looseObject({ Namespace: z.string(), MetricName: z.string() }) })
          .optional(),
      }),
    )
    .optional(),
});
const result = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: properties })) });
const topicArn = 'arn:aws:sns:us-east-1:000000000000:monitoring';
const watch = (resources: Resources) =>
  result.parse({ Resources: monitoringOf(resources, { service: 'shop', stage: 'dev', topicArn }) }).Resources;

const queue = (Properties: Record<string, unknown> = {}) => ({ Type: 'AWS::SQS::Queue', Properties });
const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const namesOf = ({ Namespace, MetricName, Metrics }: z.infer<typeof properties>) =>
  Metrics === undefined
    ? `${Namespace} ${MetricName}`
    : Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric.MetricName ?? []).join(' + ');
const metrics = (resources: ReturnType<typeof watch>) =>
  Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
    .map(([id, { Properties }]) => `${id} ${namesOf(Properties)}`)
    .sort();

describe('what a template is watched by', () => {
  it('does not take the tokens that an authorizer refuses for errors', () => {
    const watched = watch({
      AuthorizeLambdaFunction: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'shop-dev-authorize' } },
      AuthorizeLogGroup: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: '/aws/lambda/shop-dev-authorize' },
      },
    });
    const pattern = watched.AuthorizeLambdaFunctionErrorFilter?.Properties.FilterPattern;
    const matches = compileLogFilter(z.string().parse(pattern));
    const refusal = { level: 'ERROR', message: { errorType: 'Error', errorMessage: 'Unauthorized' } };
    expect(matches(JSON.stringify(refusal))).toBe(false);
    expect(matches(JSON.stringify({ type: 'platform.report', record: { status: 'error' } }))).toBe(false);
    expect(matches(JSON.stringify({ type: 'platform.report', record: { status: 'timeout' } }))).toBe(true);
    expect(matches(JSON.stringify({ level: 'ERROR', service: 'shop', message: 'no keys' }))).toBe(true);
  });

  it('filters the log of each function for errors, with an alarm to the topic', () => {
    const resources = watch({
      BuyLambdaFunction: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'shop-dev-buy' } },
      BuyLogGroup: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/shop-dev-buy' } },
    });
    const pattern = resources.BuyLambdaFunctionErrorFilter?.Properties.FilterPattern;
    const crash = { level: 'ERROR', message: { errorType: 'TypeError', errorMessage: 'no price' } };
    expect(compileLogFilter(z.string().parse(pattern))(JSON.stringify(crash))).toBeTruthy();
    expect(resources).toMatchObject({
      BuyLambdaFunctionErrorFilter: {
        Type: 'AWS::Logs::MetricFilter',
        Properties: {
          LogGroupName: { Ref: 'BuyLogGroup' },
          MetricTransformations: [
            { MetricNamespace: 'ServerlessMicroservices/Errors', MetricName: 'shop-dev-buy', MetricValue: '1' },
          ],
        },
      },
      BuyLambdaFunctionErrorAlarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          Namespace: 'ServerlessMicroservices/Errors',
          MetricName: 'shop-dev-buy',
          AlarmActions: [topicArn],
          OKActions: [topicArn],
        },
      },
    });
  });

  it('watches queues for what failed, and those that are consumed for what waits', () => {
    const resources = watch({
      Front: queue({ RedrivePolicy: { deadLetterTargetArn: arn('Dead'), maxReceiveCount: 5 } }),
      Dead: queue(),
      Lost: queue(),
      Archive: queue(),
      FrontMapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { EventSourceArn: arn('Front') } },
      DeadMapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { EventSourceArn: arn('Dead') } },
      StreamMapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
          FunctionName: arn('Follow'),
          DestinationConfig: { OnFailure: { Destination: arn('Lost') } },
        },
      },
      AliasMapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
          FunctionName: { 'Fn::Join': [':', [arn('Trail'), 'provisioned']] },
        },
      },
    });
    expect(metrics(resources)).toStrictEqual([
      'DeadStuckAlarm ApproximateNumberOfMessagesVisible + ApproximateNumberOfMessagesNotVisible',
      'FollowLateAlarm AWS/Lambda IteratorAge',
      'FrontAgeAlarm AWS/SQS ApproximateAgeOfOldestMessage',
      'LostFilledAlarm AWS/SQS ApproximateNumberOfMessagesVisible',
      'TrailLateAlarm AWS/Lambda IteratorAge',
    ]);
    const { Properties } = resources.DeadStuckAlarm ?? {};
    // Neither goes with an expression.
    expect([Properties?.Statistic, Properties?.Period]).toStrictEqual([undefined, undefined]);
  });

  it('watches a queue that a pipe consumes, and takes nothing but queues for queues', () => {
    const resources = watch({
      Front: queue(),
      Pipe: { Type: 'AWS::Pipes::Pipe', Properties: { Source: arn('Front') } },
      Failed: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'shop-dev-failed' } },
      Async: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: { DestinationConfig: { OnFailure: { Destination: arn('Failed') } } },
      },
    });
    expect(metrics(resources).filter((line) => !line.startsWith('Pipe'))).toStrictEqual([
      'FrontAgeAlarm AWS/SQS ApproximateAgeOfOldestMessage',
    ]);
  });

  it('watches the queue of every kind of resource that gives up', () => {
    const dead = { DeadLetterConfig: { TargetArn: arn('Dead') } };
    const redrive = { RedrivePolicy: { deadLetterTargetArn: arn('Dead') } };
    const failed = { DestinationConfig: { OnFailure: { Destination: arn('Dead') } } };
    for (const [Type, Properties] of [
      ['AWS::Lambda::Function', dead],
      ['AWS::Scheduler::Schedule', { Target: { DeadLetterConfig: { Arn: arn('Dead') } } }],
      ['AWS::Events::Rule', { Targets: [{ Id: 'other' }, { Id: 'one', DeadLetterConfig: { Arn: arn('Dead') } }] }],
      ['AWS::Events::EventBus', { DeadLetterConfig: { Arn: arn('Dead') } }],
      ['AWS::Lambda::EventInvokeConfig', failed],
      ['AWS::SNS::Subscription', redrive],
    ] as const) {
      const found = metrics(watch({ Giver: { Type, Properties }, Dead: queue(), Other: queue() }));
      expect({ Type, found }).toStrictEqual({
        Type,
        found: ['DeadFilledAlarm AWS/SQS ApproximateNumberOfMessagesVisible'],
      });
    }
  });

  it('watches pipes, with the queue of what they give up, and APIs of both kinds', () => {
    const resources = watch({
      Pipe: {
        Type: 'AWS::Pipes::Pipe',
        Properties: {
          SourceParameters: { DynamoDBStreamParameters: { DeadLetterConfig: { Arn: arn('Lost') } } },
          Target: arn('Announce'),
        },
      },
      Announce: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'shop-dev-announce' } },
      Lost: queue(),
      Rest: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'dev-shop' } },
      Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: {} },
    });
    expect(metrics(resources)).toStrictEqual([
      'HttpErrorAlarm AWS/ApiGateway 5xx',
      'HttpLatencyAlarm AWS/ApiGateway Latency',
      'LostFilledAlarm AWS/SQS ApproximateNumberOfMessagesVisible',
      'PipeFailedAlarm ExecutionFailed + ExecutionPartiallyFailed + ExecutionTimeout',
      'PipeLateAlarm ServerlessMicroservices ChangeAge',
      'PipeThrottledAlarm AWS/EventBridge/Pipes ExecutionThrottled',
      'RestErrorAlarm AWS/ApiGateway 5XXError',
      'RestLatencyAlarm AWS/ApiGateway Latency',
    ]);
    expect(resources.RestErrorAlarm?.Properties.Dimensions).toStrictEqual([
      { Name: 'ApiName', Value: 'dev-shop' },
      { Name: 'Stage', Value: 'dev' },
    ]);
  });

  it('leaves a metric to the alarm that the service has for it, and tells that where to go', () => {
    const Dimensions = [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Dead', 'QueueName'] } }];
    const MetricName = 'ApproximateNumberOfMessagesVisible';
    const resources = watch({
      Front: queue({ RedrivePolicy: { deadLetterTargetArn: arn('Dead') } }),
      Dead: queue(),
      Own: {
        Type: 'AWS::CloudWatch::Alarm',
        Condition: 'OnSomeStages',
        Properties: { AlarmDescription: 'Own', Namespace: 'AWS/SQS', MetricName, Dimensions },
      },
    });
    expect(metrics(resources)).toStrictEqual([`Own AWS/SQS ${MetricName}`]);
    expect(resources.Own?.Properties.AlarmActions).toStrictEqual([topicArn]);
    expect(resources.Own?.Properties.AlarmDescription).toBe('Own');
  });

  it('has alarms without actions where there is no topic', () => {
    const alarms = monitoringOf(
      { Http: { Type: 'AWS::ApiGatewayV2::Api' } },
      { service: 'shop', stage: 'dev', topicArn: null },
    );
    expect(alarms.HttpErrorAlarm?.Properties?.AlarmActions).toBeUndefined();
  });
});
