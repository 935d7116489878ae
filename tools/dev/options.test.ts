import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from './options.ts';

function run(...args: string[]) {
  const command = parseCommand(args);
  assert.equal(command.kind, 'run');
  return command.kind === 'run' ? command.options : assert.fail();
}

test('without options it deploys every service to port 4566 and keeps nothing', () => {
  assert.deepEqual(run(), {
    port: 4566,
    services: undefined,
    params: {},
    persist: undefined,
    allowedHosts: [],
    deploy: true,
    iam: true,
    watch: false,
    verbose: false,
  });
});

test('every option is read', () => {
  assert.deepEqual(
    run(
      ...['--port', '0', '--services', 'tasks, planner', '--persist=.local/state', '--no-iam', '--verbose'],
      ...['--param', 'auth=jwt', '--param=oidcIssuer=https://a.example/?b=c', '--watch'],
      ...['--allow-host', 'host.docker.internal', '--allow-host=localhost.localstack.cloud'],
    ),
    {
      port: 0,
      services: ['tasks', 'planner'],
      params: { auth: 'jwt', oidcIssuer: 'https://a.example/?b=c' },
      persist: '.local/state',
      allowedHosts: ['host.docker.internal', 'localhost.localstack.cloud'],
      deploy: true,
      iam: false,
      watch: true,
      verbose: true,
    },
  );
});

test('it deploys nothing when asked not to', () => {
  assert.equal(run('--no-deploy').deploy, false);
});

for (const [name, args, message] of [
  ['a port that is no number', ['--port', 'http'], /--port must be a number from 0 to 65535, not "http"/],
  ['a port with more than a number', ['--port', 'x80'], /--port must be a number/],
  ['a port that does not exist', ['--port', '70000'], /--port must be a number/],
  ['an empty service name', ['--services', 'tasks,,planner'], /--services takes names/],
  ['a parameter without a value', ['--param', 'auth='], /--param takes name=value/],
  [
    'a host with a port',
    ['--allow-host', 'a.example:80'],
    /--allow-host takes a name without scheme, port or wildcard/,
  ],
  ['every host', ['--allow-host', '*'], /--allow-host takes a name .*, not "\*"/],
  [
    'services that are not deployed',
    ['--services', 'tasks', '--no-deploy'],
    /^--services: only for a start that deploys/,
  ],
  [
    'nothing to watch',
    ['--watch', '--no-deploy', '--param', 'a=b'],
    /^--param and --watch: only for a start that deploys/,
  ],
  ['an unknown option', ['--prot', '1'], /--prot/],
  ['a stray argument', ['tasks'], /tasks/],
] as const) {
  test(`${name} is explained, with exit status 2`, () => {
    const command = parseCommand(args);
    assert.equal(command.kind, 'print');
    if (command.kind === 'print') {
      assert.match(command.text, message);
      assert.equal(command.exitCode, 2);
    }
  });
}

test('--help prints the options and succeeds', () => {
  const command = parseCommand(['--help']);
  assert.equal(command.kind === 'print' && command.exitCode, 0);
  assert.match(command.kind === 'print' ? command.text : '', /--persist <dir>/);
});
