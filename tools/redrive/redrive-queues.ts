import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** A queue of failed messages and the queue that they belong in. */
export type RedriveQueue = { readonly name: string; readonly from: string; readonly to: string };

/** Where a service keeps what failed. */
export type RedriveSources = {
  readonly queues: readonly RedriveQueue[];
  /** Queues of records that say which part of a table's stream could not be handled. */
  readonly streamQueues: readonly { readonly name: string; readonly url: string }[];
};

const fromOutput = /^(\w*)RedriveFromQueueUrl$/;
const streamOutput = /RedriveStreamQueueUrl$/;

/**
 * What the outputs of a stack say: each `<Name>RedriveFromQueueUrl` with its `<Name>RedriveToQueueUrl`, and each
 * `<Name>RedriveStreamQueueUrl`.
 * @throws Error when there is none
 */
export async function readRedriveSources(client: CloudFormationClient, stackName: string): Promise<RedriveSources> {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
  const outputs = new Map(
    Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
  );
  const queues = [...outputs].flatMap(([key, from]) => {
    const name = fromOutput.exec(key)?.[1];
    const to = name === undefined ? undefined : outputs.get(`${name}RedriveToQueueUrl`);
    return to === undefined ? [] : [{ name: nameOf(from), from, to }];
  });
  const streamQueues = [...outputs]
    .filter(([key]) => streamOutput.test(key))
    .map(([, url]) => ({ name: nameOf(url), url }));
  if (queues.length + streamQueues.length === 0) {
    throw new Error(`The stack ${stackName} keeps nothing that failed, to be sent back.`);
  }
  return { queues, streamQueues };
}

function nameOf(queueUrl: string): string {
  return queueUrl.split('/').at(-1) ?? queueUrl;
}
