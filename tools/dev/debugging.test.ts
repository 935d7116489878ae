import { mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { startEndpoint } from 'local-aws';
import { ShiftableClock, until } from 'local-aws/testing';
import * as z from 'zod';
import { deployForDebugging } from './watch.ts';

const source = `type Event = { readonly name: string };

const greetingOf = (name: string): string => \`Hello \${name}\`;

export async function handler(event: Event, context: { getRemainingTimeInMillis(): number }) {
  const greeting: string = greetingOf(event.name);
  const remaining = context.getRemainingTimeInMillis();
  return { greeting, hasTime: remaining > 0 };
}
`;
/** Of `const remaining = …`. */
const breakpointLine = 7;

const listSchema = z.array(z.looseObject({ title: z.string(), webSocketDebuggerUrl: z.string() }));
const origin = z.looseObject({ originalSource: z.string(), originalLine: z.number() });
const evaluation = z.looseObject({ result: z.looseObject({ value: z.unknown() }) });
const message = z.looseObject({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.looseObject({}).optional(),
  result: z.unknown().optional(),
});
type Message = z.infer<typeof message>;

/** A client of the inspector protocol, as VS Code and Chrome are. */
async function attach(url: string) {
  const socket = new WebSocket(url);
  const events: Message[] = [];
  const answers = new Map<number, (result: unknown) => void>();
  let nextId = 0;
  socket.addEventListener('message', ({ data }) => {
    const received = message.parse(JSON.parse(String(data)));
    if (received.id === undefined) events.push(received);
    else answers.get(received.id)?.(received.result);
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  return {
    call: (method: string, params: object = {}) =>
      new Promise<unknown>((resolve) => {
        nextId += 1;
        answers.set(nextId, resolve);
        socket.send(JSON.stringify({ id: nextId, method, params }));
      }),
    event: (method: string, matches: (event: Message) => boolean = () => true) =>
      until(method, () => events.find((event) => event.method === method && matches(event))),
    [Symbol.dispose]: () => socket.close(),
  };
}

/** The place in a bundle that its source map leads to `line` of `file` from, as debuggers find it. */
function placeOf(mapUrl: string, bundle: string, file: string, line: number) {
  const json = Buffer.from(mapUrl.slice(mapUrl.indexOf(',') + 1), 'base64').toString();
  const map = new SourceMap(JSON.parse(json));
  const found = bundle.split('\n').flatMap((text, lineNumber) => {
    const columnNumber = text.search(/\S/);
    const { data } = origin.safeParse(columnNumber < 0 ? undefined : map.findEntry(lineNumber, columnNumber));
    return data?.originalSource === file && data.originalLine === line - 1 ? [{ lineNumber, columnNumber }] : [];
  });
  return found[0] ?? { lineNumber: -1 };
}

test('a debugger stops in a line of a TypeScript handler, however long, and the answer comes afterwards', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'debugging-'));
  mkdirSync(join(folder.path, 'src'));
  const file = join(folder.path, 'src', 'greet.ts');
  writeFileSync(file, source);
  const clock = new ShiftableClock();
  await using endpoint = await startEndpoint({ clock, inspect: 0, iam: false });
  const client = new LambdaClient(endpoint.clientConfig);
  const [functionName, handler] = ['greet', 'src/greet.handler'];
  await client.send(
    new CreateFunctionCommand({
      FunctionName: functionName,
      Role: 'arn:aws:iam::000000000000:role/greet',
      Runtime: 'nodejs24.x',
      Handler: handler,
      Timeout: 4,
      Code: { ZipFile: Buffer.from(zipSync({ 'src/greet.js': Buffer.from('exports.handler = async () => {}') })) },
    }),
  );
  await deployForDebugging({
    root: folder.path,
    functions: [{ functionName, handler, folder: folder.path }],
    build: () => ({ platform: 'node', format: 'cjs', target: 'node24', minify: true }),
    updateCode: endpoint.updateCode,
  });
  const invoke = async (): Promise<unknown> => {
    const answer = await client.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify({ name: 'Ada' }) }),
    );
    return JSON.parse(answer.Payload?.transformToString() ?? '');
  };
  expect(await invoke()).toStrictEqual({ greeting: 'Hello Ada', hasTime: true });

  const list = await (await fetch(`http://127.0.0.1:${endpoint.inspectPort}/json/list`)).json();
  const [target] = listSchema.parse(list);
  expect(target?.title).toMatch(/^greet \(process \d+\)$/);
  using debugging = await attach(target?.webSocketDebuggerUrl ?? '');
  void debugging.call('Debugger.enable');
  const parsed = await debugging.event('Debugger.scriptParsed', ({ params }) => /greet\.js$/.test(String(params?.url)));
  const { url, sourceMapURL } = z.looseObject({ url: z.string(), sourceMapURL: z.string() }).parse(parsed.params);
  const bundle = readFileSync(url.startsWith('file:') ? new URL(url) : url, 'utf8');
  const place = placeOf(sourceMapURL, bundle, pathToFileURL(file).href, breakpointLine);
  expect(place.lineNumber).toBeGreaterThan(0);
  await debugging.call('Debugger.setBreakpointByUrl', { url, ...place });

  const invoked = invoke();
  const paused = await debugging.event('Debugger.paused');
  const { callFrames } = z
    .looseObject({ callFrames: z.array(z.looseObject({ callFrameId: z.string() })) })
    .parse(paused.params);
  const evaluated = await debugging.call('Debugger.evaluateOnCallFrame', {
    callFrameId: callFrames[0]?.callFrameId,
    expression: 'greeting',
  });
  expect(evaluated).toMatchObject({ result: { value: 'Hello Ada' } });
  // The process learns how long it has stood still, which is more than its timeout.
  await until('more than the timeout', async () => {
    const expression = "globalThis[Symbol.for('local-aws.standstill')] > 4100";
    const { result } = evaluation.parse(await debugging.call('Runtime.evaluate', { expression }));
    return result.value === true;
  });
  await clock.advance(60 * 60_000);
  await debugging.call('Debugger.resume');
  expect(await invoked).toStrictEqual({ greeting: 'Hello Ada', hasTime: true });
  client.destroy();
});
