import { getHeapStatistics } from 'node:v8';
import { workerData } from 'node:worker_threads';
import { captureOutput } from './capture-output.ts';
import { type Handler, loadHandler } from './load-handler.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.ts';
import { errorShape, RuntimeError } from './runtime-error.ts';

/** One execution environment: loads the handler, then takes one event at a time from the port. */
const { port, handler: handlerName, taskRoot, allowsCallbacks, ...settings }: WorkerSettings = workerData;

// User code must not change how the runtime itself works.
const { parse, stringify } = JSON;
const exit = process.exit.bind(process);
const send = (message: FromWorker): void => port.postMessage(message);
const output = captureOutput(settings.logFormat, settings.logLevel, (text) => send({ type: 'log', text }));
let initializing = true;

process.cwd = () => taskRoot;
process.on('uncaughtException', (error) => end('Uncaught Exception', error));
process.on('unhandledRejection', (reason) =>
  end('Unhandled Promise Rejection', new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason), reason)),
);
Reflect.set(globalThis, 'awslambda', {
  streamifyResponse: () => {
    throw new Error('awslambda.streamifyResponse: the local endpoint does not implement response streaming');
  },
});

try {
  const handler = await loadHandler(taskRoot, handlerName, allowsCallbacks);
  initializing = false;
  port.on('message', (invocation: ToWorker) => void run(handler, invocation));
  output.flush();
  send({ type: 'ready' });
} catch (error) {
  end('Uncaught Exception', error);
}

async function run(handler: Handler, invocation: ToWorker): Promise<void> {
  const deadline = performance.now() + invocation.timeoutMs;
  output.startRequest(invocation.requestId);
  // biome-ignore lint/style/noProcessEnv: where functions and tracers look for it
  process.env._X_AMZN_TRACE_ID = invocation.traceId;
  try {
    const event = readEvent(invocation.payload);
    if (event === undefined) return;
    const result = await call(handler, event.value, contextOf(invocation, deadline));
    const payload = serialize(result);
    output.flush();
    if (payload.length * 3 > settings.maxResponseBytes && Buffer.byteLength(payload) > settings.maxResponseBytes) {
      const errorType = 'Function.ResponseSizeTooLarge';
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${settings.maxResponseBytes} bytes).`;
      send({ type: 'error', payload: stringify({ errorMessage, errorType }), errorType, memoryBytes: memoryBytes() });
      return;
    }
    send({ type: 'result', payload, memoryBytes: memoryBytes() });
  } catch (error) {
    output.logError('Invoke Error', error);
    output.flush();
    const shape = errorShape(error);
    send({ type: 'error', payload: stringify(shape), errorType: shape.errorType, memoryBytes: memoryBytes() });
  }
}

function readEvent(payload: string): { value: unknown } | undefined {
  try {
    return { value: parse(payload) };
  } catch (error) {
    send({ type: 'rejected', payload: String(error), memoryBytes: memoryBytes() });
    return undefined;
  }
}

function call(handler: Handler, event: unknown, context: object): unknown {
  if (handler.length < 3) return handler(event, context);
  return new Promise((resolve, reject) => {
    const returned = handler(event, context, (error, result) => (error ? reject(error) : resolve(result)));
    if (returned instanceof Promise) returned.then(resolve, reject);
  });
}

function contextOf(invocation: ToWorker, deadline: number): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    ...settings.context,
    invokedFunctionArn: invocation.functionArn,
    awsRequestId: invocation.requestId,
    ...(invocation.clientContext === undefined ? {} : { clientContext: parse(invocation.clientContext) }),
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
  };
}

function serialize(result: unknown): string {
  try {
    return stringify(result) ?? 'null';
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

function memoryBytes(): number {
  const { total_physical_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

/** Code outside of the handler's promise failed: the environment cannot be trusted any more. */
function end(label: string, error: unknown): void {
  output.logError(label, error);
  output.flush();
  const shape = errorShape(error);
  send({ type: 'fatal', payload: stringify(shape), errorType: shape.errorType });
  exit(initializing ? 1 : 129);
}
