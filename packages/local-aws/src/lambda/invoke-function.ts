import { randomUUID } from 'node:crypto';
import type { InvocationNote } from '../activity/activity.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { InvokeRequest, InvokeResult, LambdaInvoker, OpenStream } from '../core/lambda-invoker.ts';
import type { Observer, Span, SpanReport } from '../core/observer.ts';
import type { Principal } from '../core/principal.ts';
import { randomText } from '../core/random-bytes.ts';
import type { AsyncQueue } from './async-queue.ts';
import type { Concurrency, Level } from './concurrency.ts';
import type { ExecutionEnvironment, Outcome } from './environment.ts';
import type { EnvironmentPool } from './environment-pool.ts';
import type { FunctionMetrics } from './function-metrics.ts';
import { parseFunctionName } from './function-name.ts';
import type { FunctionStore, Target } from './function-store.ts';
import type { ProvisionedEnvironments } from './provisioned-environments.ts';
import { checkServiceAccess } from './resource-policy.ts';

const maxSyncBytes = 6_291_456;
const maxAsyncBytes = 1_048_576;
const empty = Buffer.alloc(0);

/** One run of a function, from any source and at any attempt. */
export type Run = {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  readonly traceId: string;
  /** JSON text. */
  readonly clientContext: string | undefined;
  /** The ARN of what led to it. */
  readonly source?: string | undefined;
  /** Where a streamed response goes. */
  readonly onStream?: OpenStream | undefined;
};

export type RunFunction = (target: Target, run: Run) => Promise<InvokeResult>;

export type RunnerOptions = {
  readonly clock: Clock;
  readonly pool: EnvironmentPool;
  readonly concurrency: Concurrency;
  readonly provisioned: Pick<ProvisionedEnvironments, 'levelOf'>;
  readonly metrics: FunctionMetrics;
  readonly observer: Observer;
  readonly onInvocation?: ((invocation: InvocationNote) => void) | undefined;
};

/** Runs functions in the pool's environments. @throws AwsError when throttled or when the endpoint closes */
export function runFunction(options: RunnerOptions): RunFunction {
  const { clock, pool, concurrency, provisioned, metrics, observer, onInvocation } = options;
  const enter = (target: Target): Level => {
    try {
      return concurrency.enter(target, provisioned.levelOf(target));
    } catch (error) {
      metrics.throttled(target, clock.now());
      throw error;
    }
  };
  const run = async (
    target: Target,
    { requestId, payload, traceId, clientContext, source, onStream }: Run,
    span: Span,
  ): Promise<InvokeResult> => {
    const { version, arn } = target;
    const level = enter(target);
    const startedAt = clock.now();
    try {
      const slot = await pool.acquire(version);
      const { environment, log } = slot;
      span.report({ attributes: { isCold: slot.isCold, logGroup: version.logging.group, logStream: log.stream } });
      try {
        const timeoutMs = version.timeout * 1000;
        const outcome = await environment.run(
          {
            ...{ requestId, payload, timeoutMs, functionArn: arn, clientContext, onStream },
            traceId: span.traceHeader ?? traceId,
          },
          () => log.start(requestId),
        );
        if (pool.isClosed) throw closing();
        const initDuration = slot.isCold ? environment.initDuration : undefined;
        log.end({ requestId, outcome, initDuration });
        slot.isCold = false;
        const { kind, duration } = outcome;
        if (kind === 'rejected') throw notJson(outcome.payload.toString());
        onInvocation?.({
          functionName: version.functionName,
          requestId,
          source,
          outcome: kind,
          duration,
          initDuration,
        });
        metrics.invocation(target, { startedAt, level, outcome });
        span.report(reportOf(outcome, environment));
        return {
          statusCode: 200,
          requestId,
          payload: outcome.payload,
          ...(outcome.kind === 'success' ? {} : { functionError: 'Unhandled' as const }),
          executedVersion: version.version,
          logTail: log.takeTail(),
        };
      } finally {
        pool.release(slot);
      }
    } catch (error) {
      throw pool.isClosed ? closing() : error;
    } finally {
      concurrency.leave(target, level);
    }
  };
  return (target, request) =>
    observer.span(
      () => ({
        kind: 'invocation',
        service: 'lambda',
        resource: target.record.name,
        operation: 'Invoke',
        input: request.payload,
        requestId: request.requestId,
        traceHeader: request.traceId,
        attributes: { version: target.version.version, memoryLimitMb: target.version.memorySize },
      }),
      (span) => run(target, request, span),
    );
}

/** What an observer hears of an invocation that ended. */
function reportOf(outcome: Outcome, { initDuration }: ExecutionEnvironment): SpanReport {
  const { kind, payload, errorType, memoryBytes } = outcome;
  const attributes = {
    memoryUsedMb: Math.ceil(memoryBytes / 1024 / 1024),
    durationMs: outcome.duration,
    ...(initDuration !== undefined && { initDurationMs: initDuration }),
  };
  if (kind === 'success') return { output: payload, attributes };
  return { output: payload, attributes, status: 'error', error: { type: errorType ?? kind, message: '' } };
}

export type InvokerOptions = {
  readonly functions: FunctionStore;
  readonly run: RunFunction;
  readonly queue: AsyncQueue;
  readonly region: string;
};

/** The one way into a function, for the API's Invoke and for the services that call functions. */
export function lambdaInvoker({ functions, run, queue, region }: InvokerOptions): LambdaInvoker {
  return {
    async invoke(request) {
      const reference = parseFunctionName(request.functionName);
      const target = functions.resolve(reference, region, reference.qualifier ?? '$LATEST');
      checkServiceAccess(request.principal, target);
      const executedVersion = target.version.version;
      const requestId = randomUUID();
      switch (request.type) {
        case 'DryRun':
          return { statusCode: 204, requestId, payload: empty, executedVersion, logTail: '' };
        case 'Event': {
          checkSize(request, maxAsyncBytes);
          const queued = readRun(request, requestId);
          checkJson(queued.payload);
          queue.add(target, queued);
          return { statusCode: 202, requestId, payload: empty, executedVersion, logTail: '' };
        }
        case 'RequestResponse':
          checkSize(request, maxSyncBytes);
          return run(target, readRun(request, requestId));
      }
    },
  };
}

function readRun(request: InvokeRequest, requestId: string): Run {
  const { payload, clientContext, traceId } = request;
  const text = typeof payload === 'string' ? payload : payload.toString();
  return {
    requestId,
    payload: text === '' ? '{}' : text,
    traceId: traceId ?? newTraceId(),
    clientContext: clientContext === undefined ? undefined : decodeClientContext(clientContext),
    source: request.source ?? sourceOf(request.principal),
    onStream: request.onStream,
  };
}

function sourceOf(principal: Principal): string | undefined {
  switch (principal.kind) {
    case 'account':
      return undefined;
    case 'role':
      return principal.arn;
    case 'service':
      return principal.sourceArn ?? principal.service;
  }
}

function newTraceId(): string {
  const random = randomText(20, 'hex');
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${random.slice(0, 24)};Parent=${random.slice(24)};Sampled=0`;
}

function decodeClientContext(base64: string): string {
  const text = Buffer.from(base64, 'base64').toString();
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new AwsError(
      'InvalidRequestContentException',
      'Client context must be a valid Base64-encoded JSON object.',
      400,
      { Type: 'User' },
    );
  }
}

function checkSize({ payload }: InvokeRequest, limit: number): void {
  const size = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
  if (size <= limit) return;
  throw new AwsError(
    'RequestTooLargeException',
    `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
    413,
    { Type: 'User' },
  );
}

function checkJson(payload: string): void {
  try {
    JSON.parse(payload);
  } catch (error) {
    throw notJson(String(error));
  }
}

function notJson(reason: string): AwsError {
  return new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${reason}`, 400, {
    Type: 'User',
  });
}

function closing(): AwsError {
  return new AwsError('ServiceException', 'The local endpoint is shutting down.', 503, { Type: 'Service' });
}
