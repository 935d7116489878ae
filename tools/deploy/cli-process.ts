/**
 * A process that runs commands of the Serverless CLI one after another: what they have in common is loaded once. Between
 * commands everything of the CLI, its plugins and the project is unloaded, and the environment is restored, so that no
 * command sees anything of the one before it.
 */
import '#tools/cli/quiet-plugins.ts';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { loadBundler } from '#shared/serverless/bundling/load-bundler.ts';
import { textOf } from '#shared/serverless/plugin/valid-configurations.ts';
import { bundlerAhead, cliCommandSchema } from './cli-command.ts';

const require = createRequire(import.meta.url);
const cli = require.resolve('serverless/bin/serverless.js');
const requireOfCli = createRequire(cli);

/** Loads what all commands need, while the first one is still on its way. */
function preload(): void {
  for (const path of ['../lib/serverless', '../lib/plugins', '../lib/cli/commands-schema/aws-service'])
    requireOfCli(path);
  rememberValidators();
  void requireOfCli(temporaryFolder)();
}

const validators = requireOfCli.resolve('../lib/classes/config-schema-handler/resolve-ajv-validate');
const temporaryFolder = requireOfCli.resolve('../lib/utils/resolve-process-tmp-dir');

/**
 * Keeps the validators of configurations by the text of their schemas. Each is 8 MB of code, and the CLI finds it by a hash
 * of the schema that takes longer to make than the validation.
 */
function rememberValidators(): void {
  const resolveValidator: (schema: object) => Promise<unknown> = requireOfCli(validators);
  const known = new Map<string, Promise<unknown>>();
  const resolveOnce = (schema: object): Promise<unknown> => {
    const key = createHash('sha256').update(textOf(schema)).digest('hex');
    const validator = known.get(key) ?? resolveValidator(schema);
    known.set(key, validator);
    validator.catch(() => known.delete(key));
    return validator;
  };
  const module = require.cache[validators];
  if (module !== undefined) module.exports = resolveOnce;
}

const environment = { ...process.env };

function restoreEnvironment(): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
}

const packages = `${sep}node_modules${sep}`;
const statefulPackages = ['serverless', 'serverless-localstack', 'serverless-iam-roles-per-function'];

/** Packages besides the CLI and its plugins keep nothing of a command, except for the settings of the AWS SDK. */
function unloadCommand(): void {
  for (const file of Object.keys(require.cache)) {
    const [, inPackages] = file.split(packages);
    const isStateful =
      inPackages === undefined || statefulPackages.some((name) => inPackages.startsWith(join(name, sep)));
    if (isStateful && file !== validators && file !== temporaryFolder) delete require.cache[file];
  }
  const sdk = require.cache[requireOfCli.resolve('aws-sdk')]?.exports;
  if (sdk !== undefined) sdk.config = new sdk.Config();
  // The CLI takes itself for a part of another one that has started in this process before.
  Reflect.deleteProperty(EvalError, '$serverlessCommandStartTime');
}

type Listeners = ReadonlyMap<string | symbol, readonly unknown[]>;

function listListeners(): Listeners {
  return new Map(process.eventNames().map((event) => [event, process.rawListeners(event)]));
}

/** Takes the listeners of a command away, after those that wait for the end of its process. */
function endListening(before: Listeners): void {
  for (const [event, listeners] of listListeners()) {
    for (const listener of listeners) {
      if (typeof listener !== 'function' || before.get(event)?.includes(listener) === true) continue;
      if (event === 'exit') Reflect.apply(listener, process, [process.exitCode ?? 0]);
      Reflect.apply(process.removeListener, process, [event, listener]);
    }
  }
}

process.on('message', (message) => {
  const { args, folder, end } = cliCommandSchema.parse(message);
  // The command has ended when nothing is left to do, as in a process of its own.
  process.channel?.unref();
  const listeners = listListeners();
  process.once('beforeExit', () => {
    endListening(listeners);
    const exitCode = Number(process.exitCode ?? 0);
    process.exitCode = undefined;
    unloadCommand();
    restoreEnvironment();
    process.stdout.write(end);
    process.stderr.write(end);
    process.channel?.ref();
    process.send?.({ exitCode });
  });
  process.argv.splice(1, Number.POSITIVE_INFINITY, cli, ...args);
  process.chdir(folder);
  require(cli);
});

process.on('disconnect', () => process.exit());
preload();
if (process.argv.includes(bundlerAhead)) loadBundler();
