import type { Limit } from '../core/throttle.ts';

/**
 * What AWS grants an account in us-east-1 by default, as its documentation had it in November 2026. Rates are by the
 * second. A burst is stated where AWS states one; elsewhere it is what one second allows.
 */
export type Quotas = {
  /**
   * Requests to all REST and HTTP APIs of an account and region. docs.aws.amazon.com/apigateway/latest/developerguide/limits.html:
   * 10,000 a second; the burst, 5,000, is that of the console and of Service Quotas.
   */
  readonly gatewayRequests: Limit;
  /** docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: concurrent executions of an account and region. */
  readonly functionConcurrency: number;
  /** docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html: ten times the concurrency. */
  readonly functionRequests: Limit;
  /**
   * New execution environments of one function: 1,000 in 10 seconds, refilled continuously.
   * docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html
   */
  readonly functionScaling: Limit;
  /**
   * Batches of one queue in flight: five at first, 300 more each minute, up to 1,250; 1,000 in older texts.
   * docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
   */
  readonly queueBatches: { readonly first: number; readonly perMinute: number; readonly most: number };
  /**
   * Capacity units of one partition, of a table or of an index.
   * docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html. The 300 seconds of burst
   * capacity serve a partition that is provisioned with less than this; above it there is none.
   */
  readonly partitionReads: Limit;
  readonly partitionWrites: Limit;
  /**
   * Capacity units of one on-demand table, and of each index of it.
   * docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
   */
  readonly tableReads: Limit;
  readonly tableWrites: Limit;
  /**
   * Calls of one action on a FIFO queue without high throughput. A batch of ten messages is one call.
   * docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting-fifo-throttling-issues.html
   */
  readonly fifoQueueCalls: Limit;
  /** Messages published to the standard topics of an account. docs.aws.amazon.com/general/latest/gr/sns.html */
  readonly topicMessages: Limit;
  /** Messages published to one FIFO topic with the default scope of its throughput. The same page. */
  readonly fifoTopicMessages: Limit;
};

const awsQuotas: Quotas = {
  gatewayRequests: { rate: 10_000, burst: 5_000 },
  functionConcurrency: 1_000,
  functionRequests: perSecond(10_000),
  functionScaling: { rate: 100, burst: 1_000 },
  queueBatches: { first: 5, perMinute: 300, most: 1_250 },
  partitionReads: perSecond(3_000),
  partitionWrites: perSecond(1_000),
  tableReads: perSecond(40_000),
  tableWrites: perSecond(40_000),
  fifoQueueCalls: perSecond(300),
  topicMessages: perSecond(30_000),
  fifoTopicMessages: perSecond(3_000),
};

/**
 * The quotas divided by a number, for a load that is divided by it too: a laptop that sends 100 requests a second then
 * meets the limits that 10,000 meet on AWS. What an account has at least one of stays one.
 */
export function dividedQuotas(divisor: number): Quotas {
  const divided = ({ rate, burst }: Limit): Limit => ({ rate: rate / divisor, burst: Math.max(1, burst / divisor) });
  const { queueBatches, functionConcurrency } = awsQuotas;
  return {
    gatewayRequests: divided(awsQuotas.gatewayRequests),
    functionConcurrency: atLeastOne(functionConcurrency / divisor),
    functionRequests: divided(awsQuotas.functionRequests),
    functionScaling: divided(awsQuotas.functionScaling),
    queueBatches: {
      first: atLeastOne(queueBatches.first / divisor),
      perMinute: queueBatches.perMinute / divisor,
      most: atLeastOne(queueBatches.most / divisor),
    },
    partitionReads: divided(awsQuotas.partitionReads),
    partitionWrites: divided(awsQuotas.partitionWrites),
    tableReads: divided(awsQuotas.tableReads),
    tableWrites: divided(awsQuotas.tableWrites),
    fifoQueueCalls: divided(awsQuotas.fifoQueueCalls),
    topicMessages: divided(awsQuotas.topicMessages),
    fifoTopicMessages: divided(awsQuotas.fifoTopicMessages),
  };
}

function atLeastOne(count: number): number {
  return Math.max(1, Math.floor(count));
}

function perSecond(rate: number): Limit {
  return { rate, burst: rate };
}
