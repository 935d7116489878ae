import { enableCompileCache, flushCompileCache } from 'node:module';
import { answerOnEmptyLoop, callWithCallback, warnOfCallback } from './call-with-callback.ts';
import { openChannel, send, sendChunk } from './channel.ts';
import { interceptHttps } from './intercept-https.ts';
import { invocationContext } from './invocation-context.ts';
import { type Handler, loadHandler } from './load-handler.ts';
import type { EnvironmentSettings, InvocationHeader } from './messages.ts';
import { offerLayers } from './offer-layers.ts';
import { openInspector } from './open-inspector.ts';
import { answerForExtension } from './parameters-extension.ts';
import { readSettings } from './read-settings.ts';
import { redirectedResponse } from './redirect-responses.ts';
import { redirectedCall } from './redirect-signed-calls.ts';
import { Reply } from './reply.ts';
import { responsePath } from './response-path.ts';
import { errorShape, RuntimeError } from './runtime-error.ts';
import {
  callStreaming,
  defineAwsLambda,
  isStreaming,
  ResponseStream,
  type StreamingHandler,
} from './stream-response.ts';
import { captureConsole } from './write-log.ts';

/** One execution environment: loads the handler, then takes one event at a time. */

// User code must not change how the runtime itself works.
const { parse, stringify } = JSON;
const exit = process.exit.bind(process);

const settings: EnvironmentSettings = readSettings();
const output = captureConsole(settings.logFormat, settings.logLevel);

process.on('uncaughtException', (error) => end('Uncaught Exception', error, 129));
process.on('unhandledRejection', (reason) =>
  end(
    'Unhandled Promise Rejection',
    new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason), reason),
    128,
  ),
);
defineAwsLambda();

// Nothing is left that could settle a promise, so Node would exit: with this status, because the runtime waits for it.
process.on('beforeExit', () => {
  if (!answerOnEmptyLoop()) exit(13);
});

// biome-ignore lint/style/noProcessEnv: the function's own environment
const patchHttps = redirectRequests(process.env.AWS_ENDPOINT_URL, process.env.AWS_ACCESS_KEY_ID);
void serve();

async function serve(): Promise<void> {
  if (settings.isInspected) send({ type: 'inspector', url: openInspector() });
  const handler = await load();
  const next = openChannel();
  send({ type: 'ready' });
  for (let isFirst = true; ; isFirst = false) {
    const { header, payload } = await next();
    await run(handler, parse(header), payload);
    if (isFirst) flushCompileCache();
  }
}

async function load(): Promise<Handler | StreamingHandler> {
  // The next process that runs this code starts faster and shares what V8 made of it.
  enableCompileCache(settings.compileCache);
  if (settings.opt !== undefined) offerLayers(settings.opt);
  try {
    if (settings.hasParametersExtension) await answerForExtension();
    const loaded = await loadHandler(settings.taskRoot, settings.handler, settings.allowsCallbacks);
    if (settings.allowsCallbacks && !isStreaming(loaded)) warnOfCallback(loaded);
    return loaded;
  } catch (error) {
    return end('Uncaught Exception', error, 129);
  }
}

async function run(handler: Handler | StreamingHandler, invocation: InvocationHeader, payload: Buffer): Promise<void> {
  const { requestId } = invocation;
  output.startRequest(requestId);
  // biome-ignore lint/style/noProcessEnv: where functions and tracers look for it
  process.env._X_AMZN_TRACE_ID = invocation.traceId;
  const reply = new Reply({ ...settings, requestId, output });
  // Code in ES modules, which gets `https` unnoticed, may send the response of a custom resource.
  if (payload.includes(responsePath)) patchHttps();
  let event: unknown;
  try {
    event = parse(payload.toString());
  } catch (error) {
    reply.reject(error);
    return;
  }
  const context = invocationContext(settings, invocation);
  try {
    if (isStreaming(handler)) await stream(handler, event, context, reply, invocation);
    else reply.succeed(await call(handler, event, context));
  } catch (error) {
    reply.fail(error);
  }
}

/** Sends the response as the handler writes it; as a whole to callers of Invoke, who cannot take parts. */
async function stream(
  handler: StreamingHandler,
  event: unknown,
  context: object,
  reply: Reply,
  { requestId, takesStream }: InvocationHeader,
): Promise<void> {
  const whole: Buffer[] = [];
  const response = new ResponseStream(handler, (chunk, contentType) => {
    if (takesStream) sendChunk({ type: 'chunk', requestId, contentType }, chunk);
    else whole.push(chunk);
  });
  await callStreaming(handler, event, context, response);
  reply.finish(Buffer.concat(whole));
}

/** Before it answers, nodejs24.x gives the event loop one turn, in which errors of forgotten promises come up. */
async function call(handler: Handler, event: unknown, context: object): Promise<unknown> {
  if (settings.allowsCallbacks) return callWithCallback(handler, event, context);
  try {
    return await handler(event, context);
  } finally {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Code outside of the handler's promise failed: the environment cannot be trusted any more. */
function end(label: string, error: unknown, status: number): never {
  output.logError(label, error);
  const shape = errorShape(error);
  send({ type: 'fatal', errorType: shape.errorType }, stringify(shape));
  return exit(status);
}

/** Sends to the endpoint what is for AWS. @returns does so for ES modules too */
function redirectRequests(endpoint: string | undefined, accessKeyId: string | undefined): () => void {
  if (endpoint === undefined || !URL.canParse(endpoint)) return () => {};
  const target = new URL(endpoint);
  return interceptHttps(
    (options) =>
      redirectedResponse(options, target) ??
      (accessKeyId === undefined ? undefined : redirectedCall(options, target, accessKeyId)),
  );
}
