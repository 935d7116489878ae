import { arn } from '../core/arn.ts';
import { type JsonCall, type Permission, textOf } from './permission.ts';

/** Batches need the action of a single entry. */
const sqsBatches: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

/** What an SQS call needs. */
export function sqsPermissions({ action, input, region }: JsonCall): Permission[] {
  const name = queueName(textOf(input.QueueUrl)) ?? textOf(input.QueueName);
  switch (action) {
    case 'ListQueues':
      return [{ action: 'sqs:ListQueues', resource: '*' }];
    case 'StartMessageMoveTask':
    case 'ListMessageMoveTasks':
      return [{ action: `sqs:${action}`, resource: textOf(input.SourceArn) ?? '*' }];
    default:
      return [{ action: `sqs:${sqsBatches[action] ?? action}`, resource: arn('sqs', region, name ?? '*') }];
  }
}

/** The last segment of a queue's URL, whatever host it came with. */
function queueName(url: string | undefined): string | undefined {
  return url?.split('?')[0]?.split('/').at(-1);
}

/** What an SNS call needs; AWS writes its vendor in capitals. */
export function snsPermissions({ action, input }: JsonCall): Permission[] {
  const subscription = textOf(input.SubscriptionArn);
  const topic =
    textOf(input.TopicArn) ?? textOf(input.TargetArn) ?? textOf(input.ResourceArn) ?? topicOf(subscription) ?? '*';
  return [{ action: `SNS:${action === 'PublishBatch' ? 'Publish' : action}`, resource: topic }];
}

function topicOf(subscriptionArn: string | undefined): string | undefined {
  return subscriptionArn?.split(':').slice(0, 6).join(':');
}

/** What a CloudWatch Logs call needs. Resources of groups end in an empty log stream, as IAM's messages show them. */
export function logsPermissions({ action, input, region }: JsonCall): Permission[] {
  const identifier = textOf(input.logGroupIdentifier) ?? textOf(input.resourceArn);
  const group = textOf(input.logGroupName) ?? identifier?.replace(/^arn:[^:]*:logs:[^:]*:[^:]*:log-group:/, '');
  const stream = textOf(input.logStreamName) ?? '';
  const resource = arn('logs', region, `log-group:${group?.replace(/:\*$/, '') ?? ''}:log-stream:${stream}`);
  return [{ action: `logs:${action}`, resource }];
}
