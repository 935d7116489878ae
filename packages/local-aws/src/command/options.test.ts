import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from './options.ts';

const run = (...args: string[]) => {
  const command = parseCommand(args, '1.2.3');
  return command.kind === 'run' ? command.options : assert.fail(command.text);
};
const print = (...args: string[]) => {
  const command = parseCommand(args, '1.2.3');
  return command.kind === 'print' ? command : assert.fail('it runs');
};

test('without options the endpoint listens on port 4566, keeps nothing and enforces roles', () => {
  assert.deepEqual(run(), {
    port: 4566,
    persist: undefined,
    allowedHosts: [],
    iam: true,
    console: true,
    otlp: undefined,
    limits: undefined,
    inspect: undefined,
  });
});

test('every option is read', () => {
  assert.deepEqual(
    run(
      '--port=0',
      '--persist',
      'state',
      '--no-iam',
      '--allow-host',
      'host.docker.internal',
      '--allow-host=a.example',
      '--inspect',
    ),
    {
      port: 0,
      persist: 'state',
      allowedHosts: ['host.docker.internal', 'a.example'],
      iam: false,
      console: true,
      otlp: undefined,
      limits: undefined,
      inspect: 9229,
    },
  );
  assert.equal(run('--otlp', 'http://localhost:4318').otlp, 'http://localhost:4318');
  assert.equal(run('--no-console').console, false);
  assert.deepEqual(run('--limits', 'aws').limits, { divisor: 1 });
  assert.deepEqual(run('--limits=aws/100').limits, { divisor: 100 });
});

test('--version prints the version and --help every option', () => {
  assert.deepEqual(print('--version'), { kind: 'print', text: '1.2.3', exitCode: 0 });
  const { text, exitCode } = print('--help');
  assert.equal(exitCode, 0);
  for (const option of [
    '--port',
    '--persist',
    '--allow-host',
    '--no-iam',
    '--no-console',
    '--otlp',
    '--limits',
    '--inspect',
    '--version',
    '--help',
  ]) {
    assert.match(text, new RegExp(`^ +${option}\\b`, 'm'));
  }
});

for (const [name, args, message] of [
  ['a port that is no number', ['--port', 'http'], /^--port must be a number from 0 to 65535, not "http"/],
  ['a port that does not exist', ['--port', '70000'], /^--port must be a number/],
  ['a port for debuggers that is no number', ['--inspect=x'], /^--inspect must be a number from 0 to 65535, not "x"/],
  ['an empty folder', ['--persist='], /^--persist takes the name of a folder/],
  ['a host with a port', ['--allow-host', 'a.example:80'], /^--allow-host takes a name without scheme, port/],
  ['a collector without a URL', ['--otlp', 'localhost:4318'], /^--otlp takes the URL of a collector/],
  [
    'an exporter without the recording of spans',
    ['--otlp=http://localhost:4318', '--no-console'],
    /leave out --no-console/,
  ],
  ['quotas of nowhere', ['--limits', 'none'], /^--limits takes aws, or aws\/<n> .*, not "none"/],
  ['quotas divided by nothing', ['--limits', 'aws/0'], /^--limits takes aws/],
  ['an unknown option', ['--colour'], /--colour/],
  ['an argument', ['deploy'], /deploy/],
] as const) {
  test(`${name} is refused with a hint to --help`, () => {
    const { text, exitCode } = print(...args);
    assert.equal(exitCode, 2);
    assert.match(text, message);
    assert.match(text, /Run with --help for the options\.$/);
  });
}
