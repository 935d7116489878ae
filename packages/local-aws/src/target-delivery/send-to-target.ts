import { parseArn } from '../core/arn.ts';
import type { AwsClient } from '../core/aws-client.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { DeliverMessage } from '../core/deliver-message.ts';
import { deriveId } from '../core/derive-id.ts';
import type { JsonObject } from '../core/json.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import type { Principal } from '../core/principal.ts';
import { queueUrl } from '../event-sources/queue-client.ts';

export type TargetPorts = {
  readonly clock: Clock;
  readonly aws: AwsClient;
  readonly lambda: LambdaInvoker;
  readonly deliver: DeliverMessage;
};

export type TargetMessage = {
  readonly targetArn: string;
  readonly payload: string;
  readonly messageGroupId?: string | undefined;
  readonly principal: Principal;
  /** Tells the log stream of one rule from those of others. */
  readonly sourceArn: string;
  readonly traceHeader: string | undefined;
};

/** The targets of rules and schedules by the service in their ARNs; event buses are each caller's own. */
export const targetServices = ['lambda', 'sqs', 'sns', 'logs'] as const;

/** @throws AwsError when the target does not take the message */
export async function sendToTarget(ports: TargetPorts, message: TargetMessage): Promise<void> {
  const { targetArn, payload, principal, traceHeader } = message;
  const service = parseArn(targetArn)?.service;
  switch (service) {
    case 'lambda':
      await ports.lambda.invoke({
        functionName: targetArn,
        type: 'Event',
        payload,
        principal,
        ...(traceHeader !== undefined && { traceId: traceHeader }),
      });
      return;
    case 'sqs':
      await sendToQueue(ports, message);
      return;
    case 'sns':
      await ports.deliver({ destinationArn: targetArn, body: payload, attributes: {}, principal });
      return;
    case 'logs':
      await writeToLogGroup(ports, message);
      return;
    default:
      throw new AwsError('InvalidParameterValue', `Cannot send to ${targetArn}.`);
  }
}

async function sendToQueue({ aws }: TargetPorts, message: TargetMessage): Promise<void> {
  const { targetArn, payload, messageGroupId, principal } = message;
  const input: JsonObject = {
    QueueUrl: queueUrl(targetArn),
    MessageBody: payload,
    ...(messageGroupId !== undefined && { MessageGroupId: messageGroupId }),
  };
  await aws({ service: 'sqs', action: 'SendMessage', input, principal, region: parseArn(targetArn)?.region ?? '' });
}

/** One log stream for each rule. */
async function writeToLogGroup({ aws, clock }: TargetPorts, message: TargetMessage): Promise<void> {
  const { targetArn, payload, principal, sourceArn } = message;
  const { region = '', resource = '' } = parseArn(targetArn) ?? {};
  const logGroupName = resource.replace(/^log-group:/, '').replace(/:\*$/, '');
  const logStreamName = deriveId(36, sourceArn, targetArn);
  const call = (action: string, input: JsonObject): Promise<JsonObject> =>
    aws({ service: 'logs', action, input: { logGroupName, logStreamName, ...input }, principal, region });
  await call('CreateLogStream', {}).catch((error: unknown) => {
    if (!(error instanceof AwsError) || error.code !== 'ResourceAlreadyExistsException') throw error;
  });
  await call('PutLogEvents', { logEvents: [{ timestamp: clock.now(), message: payload }] });
}
