/** Has a service try again what failed. `npm run redrive -- --help` */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { PipesClient } from '@aws-sdk/client-pipes';
import { SQSClient } from '@aws-sdk/client-sqs';
import { readProject, selectServices } from '#tools/dev/project.ts';
import { clientConfig } from '../cli/client-config.ts';
import { askEndpoint, endpointDefault } from '../cli/endpoint-url.ts';
import { moveMessages } from './move-messages.ts';
import { readRedriveSources } from './redrive-queues.ts';
import { replayChanges } from './replay-changes.ts';

const usage = `Has a service try again what failed: sends messages back to the queue that they came from, and has functions
handle the records of a table's stream that they could not handle.

Usage: npm run redrive -- --service <name> [options]

Options:
  --service <name>       the service, for example users-async
  --stage <stage>        the stage it is deployed to (default local)
  --region <region>      the region it is deployed to (default us-east-1 for stage local, else AWS_REGION, else us-east-1)
  --endpoint-url <url>   where AWS answers; default for stage local: ${endpointDefault};
                         for any other stage: AWS_ENDPOINT_URL, else AWS itself
  --max <n>              stop after this many messages
  --dry-run              count the messages and move none
  --help                 show this text

A message is deleted from where it waits only after the queue has taken it or the function has handled its records: an
interrupted run loses nothing, at worst something is done twice, which the consumers take as once. A stream keeps its
records for 24 hours: those that are gone are named, and the exit status is 1 as for all that stays.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      service: { type: 'string' },
      stage: { type: 'string', default: 'local' },
      region: { type: 'string' },
      'endpoint-url': { type: 'string' },
      max: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const project = readProject(join(import.meta.dirname, '..', '..'));
  if (values.service === undefined) {
    throw new Error(`--service is missing. Services: ${project.map(({ name }) => name).join(', ')}.`);
  }
  selectServices(project, [values.service]);
  if (values.max !== undefined && !/^[1-9]\d*$/.test(values.max)) throw new Error('--max takes a number from 1.');

  const config = clientConfig({ stage: values.stage, region: values.region, endpointUrl: values['endpoint-url'] });
  if (values.stage === 'local' && config.endpoint !== undefined)
    await askEndpoint(config.endpoint, '/_localstack/health');
  const sources = await readRedriveSources(new CloudFormationClient(config), `${values.service}-${values.stage}`);
  const sqs = new SQSClient(config);
  const isDryRun = values['dry-run'];
  const options = (name: string) => ({
    max: values.max === undefined ? Number.POSITIVE_INFINITY : Number(values.max),
    isDryRun,
    onProgress: (count: number) => process.stderr.isTTY && process.stderr.write(`\r${name}: ${count} done`),
  });
  const report = (line: string) => {
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    console.log(line);
  };

  let status = 0;
  const tellOfLeft = (name: string) => (reason: string) => {
    status = 1;
    report(`${name}: ${reason}`);
  };

  for (const queue of sources.queues) {
    const moved = await moveMessages(sqs, queue, { ...options(queue.name), onLeft: tellOfLeft(queue.name) });
    const wait = moved === 1 ? 'waits' : 'wait';
    report(`${queue.name}: ${count(moved, 'message')} ${isDryRun ? wait : 'sent back'}`);
  }
  const clients = {
    sqs,
    streams: new DynamoDBStreamsClient(config),
    lambda: new LambdaClient(config),
    pipes: new PipesClient(config),
  };
  for (const { name, url } of sources.streamQueues) {
    const replayed = await replayChanges(clients, url, { ...options(name), onLeft: tellOfLeft(name) });
    const wait = replayed === 1 ? 'waits' : 'wait';
    report(`${name}: ${count(replayed, 'batch', 'batches')} of changes ${isDryRun ? wait : 'handled'}`);
  }
  return status;
}

function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(`${error instanceof Error ? error.message : error}\nRun with --help for the options.`);
    process.exitCode = 1;
  },
);
