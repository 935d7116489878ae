import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { servePages } from '#test/support/serve-pages.ts';
import { type Attacker, startAttacker, type Target } from './attacker.ts';
import { actionTargets, apiTargets, readTargets } from './targets.ts';
import { startVictim, type Victim } from './victim.ts';

/** A link, and the forms. */
const forms = [undefined, 'application/x-www-form-urlencoded', 'text/plain'] as const;
const publicName = 'localhost.localstack.cloud';

describe('a web page of another origin', () => {
  let attacker: Attacker;
  let victim: Victim;
  /** An endpoint that answers to a public name, under which browsers send less about the page. */
  let named: Victim;
  const running = new AsyncDisposableStack();
  beforeAll(async () => {
    victim = running.use(await startVictim());
    named = running.use(await startVictim([publicName]));
    attacker = running.use(await startAttacker([publicName, `*.${publicName}`]));
  });
  afterAll(() => running.disposeAsync());

  /** Attacks every target, and asserts that nothing was changed and that the page read nothing. */
  async function attackAll(target: Victim, targets: Readonly<Record<string, Target>>): Promise<void> {
    const earlier = await target.state();
    expect(await attacker.attack(targets)).toStrictEqual({});
    expect(await target.state()).toStrictEqual(earlier);
  }

  it('sends requests in every way, and reads what a server lets it read', async () => {
    const arrived = new Set<string>();
    await using open = await servePages((request, response) => answerAll(arrived, request, response));
    const body = 'a=b';
    const headers = { authorization: 'x', 'x-amz-target': 'x' };
    const url = `http://localhost:${open.port}/`;
    const read = await attacker.attack({ open: { url, body, headers, isMarked: true } });
    expect([...arrived].sort()).toStrictEqual([...attacker.ways].sort());
    arrived.clear();
    for (const enctype of forms) await attacker.leadTo({ url: `${url}?way=${enctype}`, body }, enctype);
    expect([...arrived]).toStrictEqual(forms.map(String));
    expect(Object.keys(read).sort()).toStrictEqual(readable.map((way) => `open: ${way}`).sort());
  });

  it('changes data and reads the answer of an API that permits every origin', async () => {
    const url = `http://localhost:${victim.port}/_aws/execute-api/${victim.output('OpenApi')}/$default/`;
    const earlier = await victim.state();
    const read = await attacker.attack({ api: { url, body: 'a=b' } });
    expect(read['api: fetchText']).toBe('a secret');
    expect(await victim.state()).not.toStrictEqual(earlier);
  });

  const local = (): string => `http://localhost:${victim.port}`;
  it('calls no action', () => attackAll(victim, actionTargets(local(), victim)));
  it('reads no page and no object', () => attackAll(victim, readTargets(local())));
  it('calls no API without CORS settings', () => attackAll(victim, apiTargets(local(), victim)));

  it('reaches no service by a public name that leads here', async () => {
    const origin = `http://${publicName}:${victim.port}`;
    await attackAll(victim, { ...oneOfEach(origin, victim), ...apiTargets(origin, victim) });
  });

  it('calls no action by a public name that the user added', async () => {
    await attackAll(named, actionTargets(`http://${publicName}:${named.port}`, named));
  });

  it('reads no page and no object by a public name that the user added', async () => {
    await attackAll(named, readTargets(`http://${publicName}:${named.port}`));
  });

  it('leads its user to no action, by a link or a form', async () => {
    for (const [target, host] of [
      [victim, 'localhost'],
      [named, publicName],
    ] as const) {
      const earlier = await target.state();
      const targets = actionTargets(`http://${host}:${target.port}`, target);
      for (const name of ['CreateStack', 'unsignedSendMessage']) {
        for (const enctype of forms) await attacker.leadTo(targetNamed(targets, name), enctype);
      }
      expect(await target.state()).toStrictEqual(earlier);
    }
  });

  it('leads its user to an API by a link, and to none by a form', async () => {
    const { invocations: earlier } = await victim.state();
    for (const target of Object.values(apiTargets(`http://localhost:${victim.port}`, victim))) {
      for (const enctype of forms) await attacker.leadTo(target, enctype);
    }
    const calls = (await victim.state()).invocations.filter((id) => !earlier.includes(id));
    expect(calls.map((id) => id.split(' ')[0])).toStrictEqual(['GET', 'GET', 'GET', 'GET']);
  });

  it('reaches nothing by a name of its own that leads here', async () => {
    await attacker.rebind(victim.port);
    const origin = `http://rebound.evil.example:${victim.port}`;
    const earlier = await victim.state();
    const targets = { ...actionTargets(origin, victim), ...readTargets(origin), ...apiTargets(origin, victim) };
    // The page has the origin of the refusals, so that it can read them, and nothing else.
    const read = await attacker.attack(targets);
    const refusal = '"message":"The endpoint does not answer to the name rebound.evil.example';
    expect(Object.keys(read)).not.toHaveLength(0);
    expect(Object.values(read).filter((text) => !text.includes(refusal))).toStrictEqual([]);
    expect(await victim.state()).toStrictEqual(earlier);
  });
});

/** The ways whose answers a page can read if the server lets it. */
const readable = [
  ...['image', 'script', 'module', 'stylesheet', 'eventSource', 'serviceWorker', 'xhr'],
  ...['fetchGet', 'fetchText', 'fetchForm', 'fetchSigned', 'fetchPut', 'fetchDelete'],
];

/** Permits everything, notes which ways reached it, and answers each with what it can read. */
function answerAll(arrived: Set<string>, request: IncomingMessage, response: ServerResponse): void {
  const way = new URL(request.url ?? '/', 'http://open').searchParams.get('way') ?? '';
  response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-allow-headers', 'authorization, content-type, x-amz-target');
  response.setHeader('access-control-allow-methods', 'DELETE, PUT');
  if (request.method === 'OPTIONS') {
    response.end();
    return;
  }
  if (way !== '') arrived.add(way);
  const [type, body] = answers[way] ?? ['text/plain', 'a secret'];
  response.setHeader('content-type', type).end(body);
}

const answers: Readonly<Record<string, readonly [type: string, body: string]>> = {
  image: ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
  script: ['text/javascript', "globalThis.stolen = 'a script'"],
  module: ['text/javascript', ''],
  stylesheet: ['text/css', 'body { --stolen: a stylesheet }'],
  eventSource: ['text/event-stream', 'data: a secret\n\n'],
};

/** A call of each service, a page and an object: names are refused before anything else is looked at. */
function oneOfEach(origin: string, victim: Victim): Readonly<Record<string, Target>> {
  const all = { ...actionTargets(origin, victim), ...readTargets(origin) };
  const names = ['CreateStack', 'Publish', 'SendMessage', 'unsignedSendMessage', 'PutItem', 'Invoke', 'PutObject'];
  const pages = ['/_local/apis', '/victim/secret.js'];
  return Object.fromEntries([...names, ...pages].map((name) => [name, targetNamed(all, name)]));
}

function targetNamed(targets: Readonly<Record<string, Target>>, name: string): Target {
  const target = targets[name];
  if (target === undefined) throw new Error(`There is no target ${name}`);
  return target;
}
