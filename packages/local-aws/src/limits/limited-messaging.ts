import { describeCall } from '../console/trace/describe-call.ts';
import type { AwsApi, AwsRequest } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { errorResponse } from '../core/error-response.ts';
import type { Limits } from './limits.ts';

/** SQS with the calls that a FIFO queue takes. A batch counts as one call of its action. */
export function limitedQueues(api: AwsApi, limits: Limits, hasHighThroughput: (queueName: string) => boolean): AwsApi {
  return async (request) => {
    const { operation, resource } = describeCall(request);
    const isLimited = resource.endsWith('.fifo') && messageAction.test(operation) && !hasHighThroughput(resource);
    const key = `${request.region}/${resource} ${operation.replace(/Batch$/, '')}`;
    if (!isLimited || limits.admits('fifoQueueCalls', key)) return api(request);
    return errorResponse(request, new AwsError('ThrottlingException', 'Rate exceeded'));
  };
}

const messageAction = /^(?:SendMessage|ReceiveMessage|DeleteMessage|ChangeMessageVisibility)(?:Batch)?$/;

/** SNS with the messages that the topics of an account and each FIFO topic take. */
export function limitedTopics(api: AwsApi, limits: Limits): AwsApi {
  return async (request) => {
    const { operation, resource } = describeCall(request);
    if (!operation.startsWith('Publish')) return api(request);
    const [quota, key] = resource.endsWith('.fifo')
      ? (['fifoTopicMessages', `${request.region}/${resource}`] as const)
      : (['topicMessages', request.region] as const);
    if (!limits.hasRoom(quota, key)) return errorResponse(request, new AwsError('Throttled', 'Rate exceeded', 429));
    limits.use(quota, key, messageCount(operation, request));
    return api(request);
  };
}

function messageCount(operation: string, { body }: AwsRequest): number {
  if (operation === 'Publish') return 1;
  const entries = [...new URLSearchParams(body.toString()).keys()].filter((name) =>
    /^PublishBatchRequestEntries\.member\.\d+\.Id$/.test(name),
  );
  return entries.length;
}
