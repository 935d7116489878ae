import { arn, parseArn } from '../core/arn.ts';
import type { AwsClient } from '../core/aws-client.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { rolePrincipal } from '../core/credentials.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import type { Principal } from '../core/principal.ts';
import { compileFilters } from '../filter-pattern/compile-filters.ts';
import { byId, readAnswer } from '../polling/batch-item-failures.ts';
import { queueClient } from '../polling/queue-client.ts';
import { QueuePoller } from '../polling/queue-poller.ts';
import type { Deliver, Outcome, Poller, Report, SourceRecord } from '../polling/source.ts';
import type { Mapping } from './mapping.ts';

/** What a mapping has to know of its function. */
export type MappedFunction = {
  /** With the qualifier, when there is one. */
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
};

export type MappingRuntime = {
  readonly clock: Clock;
  readonly aws: AwsClient;
  readonly lambda: LambdaInvoker;
  /** By name, partial ARN or ARN, with or without a qualifier; undefined when there is none. */
  readonly functionOf: (functionName: string) => MappedFunction | undefined;
};

/** Lambda invokes on its own account: the execution role needs no right to invoke its own function. */
const invoker: Principal = { kind: 'account', arn: arn('iam', '', 'root') };

/** Polls the source of an enabled mapping and invokes its function. */
export function runMapping(mapping: Mapping, runtime: MappingRuntime, report: Report): Poller {
  const { clock, aws } = runtime;
  return new QueuePoller({
    clock,
    queue: queueClient(aws, mapping.eventSourceArn, () => pollingPrincipal(mapping, runtime)),
    batchSize: mapping.batchSize,
    windowSeconds: mapping.windowSeconds,
    maxConcurrency: mapping.maximumConcurrency,
    filter: compileFilters(mapping.patterns ?? []),
    deliver: invokeWith(mapping, runtime, (records) => byId(records)),
    report,
  });
}

/** Sources are polled with the execution role's rights, as they are at the time. @throws AwsError without a function */
export function pollingPrincipal({ functionArn }: Mapping, { functionOf }: MappingRuntime): Principal {
  const found = functionOf(functionArn);
  if (found === undefined)
    throw new AwsError('ResourceNotFoundException', `Function not found: ${functionArn}`, 404, { Type: 'User' });
  return rolePrincipal(found.roleArn, found.name);
}

function invokeWith<R extends SourceRecord>(
  { functionArn, reportsFailures }: Mapping,
  { lambda }: MappingRuntime,
  identify: (records: readonly R[]) => (identifier: string) => string | undefined,
): Deliver<R> {
  return async (records): Promise<Outcome> => {
    const payload = JSON.stringify({ Records: records.map(({ event }) => event) });
    try {
      const result = await lambda.invoke({
        functionName: functionArn,
        type: 'RequestResponse',
        payload,
        principal: invoker,
      });
      return readAnswer(result, reportsFailures, identify(records));
    } catch (error) {
      return { kind: 'refused', reason: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** The dimension of a mapping's metrics. */
export function functionNameOf({ functionArn }: Mapping): string {
  return parseArn(functionArn)?.resource.split(':')[1] ?? functionArn;
}
