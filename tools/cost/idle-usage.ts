import * as z from 'zod';
import type { Template } from '../render-templates/template.ts';
import type { PriceList } from './price-list.ts';
import { addUsage, type Usage } from './usage.ts';

type Properties = Readonly<Record<string, unknown>>;
type Rules = Pick<PriceList, 'hoursPerMonth' | 'assumptions'>;
type Count = (properties: Properties, rules: Rules) => Usage;

const free: Count = () => ({});

/** What a resource of each type uses in a month without requests. A type that is not here fails, so that none is forgotten. */
const byType: Readonly<Record<string, Count>> = {
  'AWS::ApiGateway::Account': free,
  'AWS::ApiGateway::ApiKey': free,
  'AWS::ApiGateway::Authorizer': free,
  'AWS::ApiGateway::Deployment': free,
  'AWS::ApiGateway::GatewayResponse': free,
  'AWS::ApiGateway::Method': free,
  'AWS::ApiGateway::Model': free,
  'AWS::ApiGateway::RequestValidator': free,
  'AWS::ApiGateway::Resource': free,
  'AWS::ApiGateway::RestApi': free,
  'AWS::ApiGateway::Stage': free,
  'AWS::ApiGateway::UsagePlan': free,
  'AWS::ApiGateway::UsagePlanKey': free,
  'AWS::ApiGatewayV2::Api': free,
  'AWS::ApiGatewayV2::ApiMapping': free,
  'AWS::ApiGatewayV2::Authorizer': free,
  'AWS::ApiGatewayV2::DomainName': free,
  'AWS::ApiGatewayV2::Integration': free,
  'AWS::ApiGatewayV2::Route': free,
  'AWS::ApiGatewayV2::Stage': free,
  'AWS::ApplicationAutoScaling::ScalableTarget': free,
  // AWS makes four alarms for a policy that follows the capacity used of a table or index.
  'AWS::ApplicationAutoScaling::ScalingPolicy': () => ({ alarmMetric: 4 }),
  'AWS::Budgets::Budget': free,
  'AWS::CloudWatch::Alarm': ({ Metrics }) => ({ alarmMetric: metricsOf(Metrics) }),
  'AWS::CloudWatch::Dashboard': () => ({ dashboard: 1 }),
  'AWS::Cognito::UserPool': free,
  'AWS::Cognito::UserPoolClient': free,
  'AWS::Cognito::UserPoolDomain': free,
  'AWS::Cognito::UserPoolResourceServer': free,
  'AWS::DynamoDB::Table': tableUsage,
  'AWS::Events::EventBus': free,
  'AWS::Events::Rule': free,
  'AWS::IAM::Role': free,
  'AWS::IAM::ManagedPolicy': free,
  'AWS::KMS::Alias': free,
  'AWS::KMS::Key': () => ({ kmsKey: 1 }),
  'AWS::Lambda::EventInvokeConfig': free,
  'AWS::Lambda::EventSourceMapping': mappingUsage,
  'AWS::Lambda::Function': free,
  'AWS::Lambda::Permission': free,
  'AWS::Logs::LogGroup': free,
  // Has values, and costs, in hours with errors only.
  'AWS::Logs::MetricFilter': free,
  'AWS::Logs::ResourcePolicy': free,
  'AWS::Pipes::Pipe': pipeUsage,
  'AWS::Route53::RecordSet': free,
  'AWS::Route53::RecordSetGroup': free,
  'AWS::S3::Bucket': free,
  'AWS::S3::BucketPolicy': free,
  'AWS::SNS::Subscription': free,
  'AWS::SNS::Topic': free,
  'AWS::SNS::TopicPolicy': free,
  'AWS::SQS::Queue': free,
  'AWS::SQS::QueuePolicy': free,
  'AWS::Scheduler::Schedule': free,
  'AWS::SecretsManager::Secret': () => ({ secret: 1 }),
  'AWS::WAFv2::LoggingConfiguration': free,
  'AWS::WAFv2::WebACL': ({ Rules }) => ({ webAcl: 1, webAclRule: Array.isArray(Rules) ? Rules.length : 0 }),
  'AWS::WAFv2::WebACLAssociation': free,
};

/** What the resources of a deployed template use in a month without requests. @throws Error for an unknown type */
export function idleUsage({ Resources }: Template, rules: Rules): Usage {
  return addUsage(
    ...Object.entries(Resources).map(([id, { Type, Properties = {} }]): readonly [Usage, number] => {
      const count = byType[Type];
      if (count !== undefined) return [count(Properties, rules), 1];
      throw new Error(`What does ${id}, ${Type}, cost without requests? Add it to tools/cost/idle-usage.ts.`);
    }),
  );
}

const metricSchema = z.array(z.looseObject({ MetricStat: z.unknown().optional() }));

/** An alarm by metric math is billed for each metric that it reads. */
function metricsOf(metrics: unknown): number {
  if (metrics === undefined) return 1;
  return metricSchema.parse(metrics).filter(({ MetricStat }) => MetricStat !== undefined).length;
}

const throughputSchema = z.looseObject({
  ReadCapacityUnits: z.coerce.number(),
  WriteCapacityUnits: z.coerce.number(),
});
const tableSchema = z.looseObject({
  BillingMode: z.string().optional(),
  ProvisionedThroughput: throughputSchema.optional(),
  GlobalSecondaryIndexes: z.array(z.looseObject({ ProvisionedThroughput: throughputSchema.optional() })).optional(),
});

function tableUsage(properties: Properties, { hoursPerMonth }: Rules): Usage {
  const { BillingMode, ProvisionedThroughput, GlobalSecondaryIndexes = [] } = tableSchema.parse(properties);
  if (BillingMode === 'PAY_PER_REQUEST') return {};
  const parts = [ProvisionedThroughput, ...GlobalSecondaryIndexes.map((index) => index.ProvisionedThroughput)];
  return addUsage(
    ...parts
      .filter((part) => part !== undefined)
      .map(({ ReadCapacityUnits, WriteCapacityUnits }): readonly [Usage, number] => [
        { dynamodbReadCapacityHour: ReadCapacityUnits, dynamodbWriteCapacityHour: WriteCapacityUnits },
        hoursPerMonth,
      ]),
  );
}

/** Lambda also polls an empty queue. Its reads of streams are free. */
function mappingUsage({ EventSourceArn }: Properties, { hoursPerMonth, assumptions }: Rules): Usage {
  const isStream = /StreamArn|:stream\//.test(JSON.stringify(EventSourceArn ?? ''));
  if (isStream) return {};
  return { sqsRequest: (hoursPerMonth * 3600 * assumptions.queuePollers) / assumptions.queuePollSeconds };
}

/** A pipe pays for its reads of a stream; a stream at rest has one shard. */
function pipeUsage(_properties: Properties, { hoursPerMonth, assumptions }: Rules): Usage {
  return { dynamodbStreamRead: hoursPerMonth * 3600 * assumptions.streamPollsPerSecond };
}
