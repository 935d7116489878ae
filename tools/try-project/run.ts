/** Deploys a Serverless or CDK project of yours to an endpoint of its own. `npm run try-project -- --help` */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startEndpoint } from 'local-aws';
import { describeResult } from './describe-result.ts';
import { findServices } from './find-services.ts';
import { copyProject, type ServiceResult, tryServices } from './try-services.ts';

const usage = `Deploys every service of a project (serverless.yml, .ts, .js, .json) with the Serverless CLI, and every CDK app (cdk.json) with the
CDK CLI, to an endpoint of its own, and tells for each whether it deploys, what is refused, what it needs, or how the CLI or a
plugin fails.

Usage: npm run try-project -- <folder> [options]

  <folder>              the project. It is copied, with its node_modules, and stays as it is: install its packages first

Options:
  --runtime <runtime>   in place of every Node.js runtime, such as nodejs24.x for a project with one that is no longer run
  --stage <stage>       of Serverless services; default dev
  --region <region>     default us-east-1
  --param <name=value>  a parameter of the services, or of the templates of CDK apps; may be repeated
  --context <key=value> a value of the context of CDK apps; may be repeated
  --cdk-cli <folder>    the package aws-cdk whose CLI deploys CDK apps, in place of the one that the project has installed
  --timeout <seconds>   that one command of a CLI may take; default 120
  --keep-running        keep the endpoint after the report, to call the APIs, until Ctrl-C
  --verbose             show what the CLI prints, too
  --help                show this text

The CLI and the functions get the endpoint and test credentials; the processes of the CLI connect to no address of AWS.
Exit code: 0 if everything deploys, 1 if not, 2 for a mistake in the command.`;

class UsageError extends Error {}

/** npm runs scripts in the folder of its package.json; the operator's is in INIT_CWD. */
const operatorFolder = process.env.INIT_CWD ?? '.';

/** Aborted by Ctrl-C, after which everything is cleaned up. */
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0) throw new UsageError('Name one folder: npm run try-project -- <folder>');
  const folder = resolve(operatorFolder, given);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new UsageError(`There is no folder ${folder}.`);
  if (findServices(folder).length === 0)
    throw new UsageError(`${folder} has no serverless.yml, .ts, .js or .json in it, and no cdk.json.`);
  const seconds = Number(values.timeout);
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new UsageError(`--timeout takes seconds, not ${values.timeout}.`);
  if (values.runtime !== undefined && !/^nodejs\d+\.x$/.test(values.runtime)) {
    throw new UsageError(`--runtime takes a Node.js runtime such as nodejs24.x, not ${values.runtime}.`);
  }
  const cdkCli = cdkCliOf(values['cdk-cli']);

  using project = copyProject(folder);
  const faults: unknown[] = [];
  await using endpoint = await startEndpoint({ onError: (error) => faults.push(error) });
  const { stage, region, runtime, param: params, context } = values;
  const onResult = (result: ServiceResult): void => {
    if (values.verbose) console.log(result.output.trim());
    console.log(describeResult(result));
  };
  const { signal } = stopping;
  const timeoutMs = seconds * 1000;
  const options = { stage, region, runtime, params, context, cdkCli, timeoutMs, onResult, signal };
  const results = await tryServices(project.folder, endpoint, options);
  const deployed = results.filter(({ verdict }) => verdict.kind === 'deploys').length;
  console.log(`${deployed} of ${results.length} deployed.`);
  for (const fault of faults) console.log(`A fault of the endpoint: ${fault instanceof Error ? fault.stack : fault}`);
  if (values['keep-running']) {
    console.log(`The endpoint and its console are on ${endpoint.url} until Ctrl-C.`);
    await new Promise((stop) => stopping.signal.addEventListener('abort', stop));
  }
  return deployed === results.length ? 0 : 1;
}

/** The file of the CDK CLI in the folder of its package. */
function cdkCliOf(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const file = resolve(operatorFolder, given, 'bin', 'cdk');
  if (!existsSync(file))
    throw new UsageError(`--cdk-cli takes the folder of the package aws-cdk: there is no ${file}.`);
  return file;
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        runtime: { type: 'string' },
        stage: { type: 'string', default: 'dev' },
        region: { type: 'string', default: 'us-east-1' },
        param: { type: 'string', multiple: true, default: [] },
        context: { type: 'string', multiple: true, default: [] },
        'cdk-cli': { type: 'string' },
        timeout: { type: 'string', default: '120' },
        'keep-running': { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    if (!stopping.signal.aborted) console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = stopping.signal.aborted ? 130 : 2;
  },
);
