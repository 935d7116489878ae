import { expect, test } from '@jest/globals';
import { parseCommand } from './options.ts';

function run(...args: string[]) {
  const command = parseCommand(args);
  if (command.kind !== 'run') throw new Error(command.text);
  return command.options;
}

test('without options it deploys every service to port 4566 and keeps nothing', () => {
  expect(run()).toStrictEqual({
    port: 4566,
    services: undefined,
    params: {},
    persist: undefined,
    allowedHosts: [],
    deploy: true,
    iam: true,
    console: true,
    otlp: undefined,
    limits: undefined,
    inspect: undefined,
    watch: false,
    activity: 'errors',
    verbose: false,
  });
});

test('every option is read', () => {
  expect(
    run(
      ...[
        '--port',
        '0',
        '--services',
        'tasks, planner',
        '--persist=.local/state',
        '--no-iam',
        '--no-console',
        '--verbose',
      ],
      ...['--param', 'auth=jwt', '--param=oidcIssuer=https://a.example/?b=c', '--watch', '--inspect=9230'],
      ...['--allow-host', 'host.docker.internal', '--allow-host=localhost.localstack.cloud'],
    ),
  ).toStrictEqual({
    port: 0,
    services: ['tasks', 'planner'],
    params: { auth: 'jwt', oidcIssuer: 'https://a.example/?b=c' },
    persist: '.local/state',
    allowedHosts: ['host.docker.internal', 'localhost.localstack.cloud'],
    deploy: true,
    iam: false,
    console: false,
    otlp: undefined,
    limits: undefined,
    inspect: 9230,
    watch: true,
    activity: 'text',
    verbose: true,
  });
});

test('it deploys nothing when asked not to', () => {
  expect(run('--no-deploy').deploy).toBe(false);
});

test('what is shown while it watches can be less, or JSON', () => {
  expect(run('--watch', '--quiet').activity).toBe('errors');
  expect(run('--watch', '--json').activity).toBe('json');
});

for (const [name, args, message] of [
  ['less of what is not shown', ['--quiet'], /^--quiet: only with --watch/],
  ['JSON of what is not shown', ['--json'], /^--json: only with --watch/],
  [
    'to watch what an alias of another version answers',
    ['--watch', '--param', 'gradualDeployment=AllAtOnce'],
    /--watch and gradualDeployment exclude each other/,
  ],
  ['less and JSON', ['--watch', '--quiet', '--json'], /exclude each other/],
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
    expect(command).toMatchObject({ kind: 'print', text: expect.stringMatching(message), exitCode: 2 });
  });
}

test('--help prints the options and succeeds', () => {
  const command = parseCommand(['--help']);
  expect(command).toMatchObject({ kind: 'print', text: expect.stringMatching(/--persist <dir>/), exitCode: 0 });
});
