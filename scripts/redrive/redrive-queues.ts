import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** A queue of failed messages and the queue that they belong in. */
export type RedriveQueue = { readonly name: string; readonly from: string; readonly to: string };

const fromOutput = /^(\w*)RedriveFromQueueUrl$/;

/**
 * The pairs of queues of a stack: each output `<Name>RedriveFromQueueUrl` with its `<Name>RedriveToQueueUrl`.
 * @throws Error that says what is missing
 */
export async function readRedriveQueues(
  client: CloudFormationClient,
  stackName: string,
): Promise<readonly RedriveQueue[]> {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
  const outputs = new Map(
    Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
  );
  const queues = [...outputs].flatMap(([key, from]) => {
    const name = fromOutput.exec(key)?.[1];
    const to = name === undefined ? undefined : outputs.get(`${name}RedriveToQueueUrl`);
    return to === undefined ? [] : [{ name: from.split('/').at(-1) ?? from, from, to }];
  });
  if (queues.length === 0) throw new Error(`The stack ${stackName} keeps no failed messages to send back.`);
  return queues;
}
