import * as z from 'zod';
import type { Hop, Traces } from './trace.ts';
import { addUsage, type Usage } from './usage.ts';

/** What one operation uses, without what depends on assumptions. */
export type Counted = {
  readonly units: Usage;
  /** Times that functions run, and times that they wait for a call: with those of functions that they wait for. */
  readonly functionTimes: number;
  readonly callTimes: number;
  readonly logBytes: number;
  /** Of answers to clients, with their headers. */
  readonly responseBytes: number;
  /** Custom metrics that functions write values of: namespace, dimensions and name. */
  readonly metrics: readonly string[];
};

/** SQS, SNS and EventBridge bill a payload for each begun 64 KB. */
const chunkBytes = 64 * 1024;
/** What a condition refuses is billed as a write. */
const refusedWrite = 'ConditionalCheckFailedException';
/** CloudWatch Logs adds so much to each event. */
const logEventBytes = 26;

/**
 * Counts what AWS bills for the hops of traces. Tables are counted by `capacityOf`, since a hop does not tell the size of
 * items. E-mails are left out: the subscribers are a parameter.
 */
export function countHops({ hops, lines }: Traces, capacityOf: (hop: Hop) => Usage): Counted {
  const failed = hops.find(
    ({ status, error }) => status === 'running' || (error !== null && error.type !== refusedWrite),
  );
  if (failed !== undefined) {
    throw new Error(`${failed.service} ${failed.operation} ${failed.resource} is ${failed.status}: nothing to count.`);
  }
  const byId = new Map(hops.map((hop) => [hop.spanId, hop]));
  const waits = hops.map((hop) => waitsOf(hop, byId));
  return {
    units: addUsage(...hops.map((hop): readonly [Usage, number] => [unitsOf(hop, capacityOf), 1])),
    functionTimes: sum(waits.map(({ functionTimes }) => functionTimes)),
    callTimes: sum(waits.map(({ callTimes }) => callTimes)),
    logBytes: sum(lines.filter(isOfInvocation).map(({ message }) => Buffer.byteLength(message) + logEventBytes)),
    responseBytes: sum(hops.filter(({ kind }) => kind === 'request').map(answerBytes)),
    metrics: [...new Set(lines.flatMap(({ message }) => metricsIn(message)))].sort(),
  };
}

function unitsOf(hop: Hop, capacityOf: (hop: Hop) => Usage): Usage {
  switch (hop.kind) {
    case 'request':
      return isHttpApi(hop) ? { apiGatewayHttp: chunks(hop.output?.size, 512 * 1024) } : { apiGatewayRest: 1 };
    case 'invocation':
      return { lambdaRequest: 1 };
    case 'call':
      return unitsOfCall(hop, capacityOf);
    case 'delivery':
      return hop.status === 'filtered' ? {} : unitsOfDelivery(hop);
    case 'gateway':
    case 'authorizer':
      return {};
  }
}

function unitsOfCall(hop: Hop, capacityOf: (hop: Hop) => Usage): Usage {
  switch (hop.service) {
    case 'dynamodb':
      return capacityOf(hop);
    case 'sqs':
      return { sqsRequest: chunks(hop.input?.size, chunkBytes) };
    case 'sns':
      return { snsPublish: chunks(hop.input?.size, chunkBytes) };
    case 'events':
      return { busEvent: entriesOf(hop) };
    // Counted as an invocation.
    case 'lambda':
      return {};
    default:
      throw new Error(`What does ${hop.operation} of ${hop.service} cost? Add it to tools/cost/count-hops.ts.`);
  }
}

function unitsOfDelivery(hop: Hop): Usage {
  const { mechanism } = hop.attributes;
  switch (mechanism) {
    case 'queue':
      // Received and deleted as a batch.
      return { sqsRequest: chunks(hop.input?.size, chunkBytes) + 1 };
    case 'pipe':
      return { pipeRequest: chunks(hop.input?.size, chunkBytes) };
    case 'schedule':
      // A run of the schedule has a hop of its own, and one for each attempt to reach its target.
      return hop.operation.startsWith('to ') ? { schedulerInvocation: 1 } : {};
    // Streams read by Lambda, topics to queues and functions, rules of a bus and asynchronous invocations are free.
    case 'stream':
    case 'topic':
    case 'bus':
    case 'async':
      return {};
    default:
      throw new Error(`What does a delivery by ${String(mechanism)} cost? Add it to tools/cost/count-hops.ts.`);
  }
}

/** How long functions run because of a hop: an invocation itself, and a call as often as invocations wait for it. */
function waitsOf(hop: Hop, byId: ReadonlyMap<string, Hop>): Pick<Counted, 'functionTimes' | 'callTimes'> {
  if (hop.kind === 'invocation') return { functionTimes: 1 + waiting(hop, byId), callTimes: 0 };
  if (hop.kind === 'call') return { functionTimes: 0, callTimes: waiting(hop, byId) };
  return { functionTimes: 0, callTimes: 0 };
}

/** The invocations above a hop that wait for it; a delivery is something that nothing waits for. */
function waiting({ parentId }: Hop, byId: ReadonlyMap<string, Hop>): number {
  let count = 0;
  for (let above = byId.get(parentId ?? ''); above !== undefined; above = byId.get(above.parentId ?? '')) {
    if (above.kind === 'delivery') return count;
    if (above.kind === 'invocation') count += 1;
  }
  return count;
}

const putEventsSchema = z.object({ Entries: z.array(z.unknown()) });

function entriesOf({ input }: Hop): number {
  const { Entries } = putEventsSchema.parse(JSON.parse(input?.text ?? '{}'));
  return sum(Entries.map((entry) => chunks(JSON.stringify(entry).length, chunkBytes)));
}

const headersSchema = z.array(z.tuple([z.string(), z.string()]));

/** The id of a request has another header in HTTP APIs. */
function isHttpApi({ attributes }: Hop): boolean {
  return headersSchema.parse(attributes.responseHeaders).some(([name]) => name.toLowerCase() === 'apigw-requestid');
}

function answerBytes({ output, attributes }: Hop): number {
  const headers = headersSchema.parse(attributes.responseHeaders);
  return (output?.size ?? 0) + sum(headers.map(([name, value]) => name.length + value.length + 4));
}

/** The start of an environment is not a part of every invocation. */
function isOfInvocation({ level, message }: Traces['lines'][number]): boolean {
  return level !== 'PLATFORM' || !/INIT_START|platform\.init/.test(message);
}

const emfSchema = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
});

/** The metrics of a line in the embedded metric format. */
function metricsIn(message: string): readonly string[] {
  if (!message.includes('"CloudWatchMetrics"')) return [];
  const { _aws, ...values } = emfSchema.parse(JSON.parse(message));
  return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = names.map((name) => `${name}=${String(values[name])}`);
      return Metrics.map(({ Name }) => [Namespace, ...dimensions, Name].join(' '));
    }),
  );
}

function chunks(size: number | undefined, bytes: number): number {
  return Math.max(1, Math.ceil((size ?? 0) / bytes));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
