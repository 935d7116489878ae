/** Sends failed messages of a service back to the queue that they came from. `npm run redrive -- --help` */
import { parseArgs } from 'node:util';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from './client-config.ts';
import { moveMessages } from './redrive/move-messages.ts';
import { readRedriveQueues } from './redrive/redrive-queues.ts';

const usage = `Sends failed messages of a service back to the queue that they came from.

Usage: npm run redrive -- --service <name> [options]

Options:
  --service <name>       the service, for example users-async
  --stage <stage>        the stage it is deployed to (default local)
  --region <region>      the region it is deployed to (default AWS_REGION, else us-east-1)
  --endpoint-url <url>   where AWS answers (default http://localhost:4566 for stage local, else AWS itself)
  --max <n>              stop after this many messages
  --dry-run              count the messages and move none
  --help                 show this text

A message is deleted from where it waits only after the queue has taken it: an interrupted run loses nothing, at worst a
message is sent twice, which the consumers take as once.`;

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
  if (values.service === undefined) throw new Error('--service is missing.');
  if (values.max !== undefined && !/^[1-9]\d*$/.test(values.max)) throw new Error('--max takes a number from 1.');

  const config = clientConfig({ stage: values.stage, region: values.region, endpointUrl: values['endpoint-url'] });
  const queues = await readRedriveQueues(new CloudFormationClient(config), `${values.service}-${values.stage}`);
  const sqs = new SQSClient(config);
  for (const queue of queues) {
    const moved = await moveMessages(sqs, queue, {
      max: values.max === undefined ? Number.POSITIVE_INFINITY : Number(values.max),
      isDryRun: values['dry-run'],
      onProgress: (count) =>
        process.stderr.isTTY && process.stderr.write(`\r${queue.name}: ${count} messages sent back`),
    });
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    console.log(`${queue.name}: ${moved} messages ${values['dry-run'] ? 'wait' : 'sent back'}`);
  }
  return 0;
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
