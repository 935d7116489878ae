import type { AwsApi, AwsRequest, AwsResponse } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { readForm } from '../core/form.ts';
import type { JsonObject } from '../core/json.ts';
import { queryErrorResponse } from '../core/query-protocol.ts';
import { readJsonObject } from '../core/read-json.ts';
import { manageActions } from './manage-queues.ts';
import { moveTaskActions } from './move-task-actions.ts';
import type { MoveTasks } from './move-tasks.ts';
import { permissionActions } from './permissions.ts';
import { fromQuery, queryNamespace, toQueryResponse } from './query-translation.ts';
import type { QueueStore } from './queue-store.ts';
import { receiveActions } from './receive-messages.ts';
import { sendActions } from './send-messages.ts';
import { settleActions } from './settle-messages.ts';
import type { SqsAction } from './sqs-action.ts';
import { queryCodeOf, queryMessageOf } from './sqs-error.ts';

/** SQS over its JSON protocol and over the older Query protocol, whichever a client speaks. */
export function sqsApi(store: QueueStore, moveTasks: MoveTasks): AwsApi {
  const actions: Readonly<Record<string, SqsAction>> = {
    ...manageActions(store),
    ...sendActions(store),
    ...receiveActions(store),
    ...settleActions(store),
    ...permissionActions(store),
    ...moveTaskActions(store, moveTasks),
  };
  const run = async (action: string, input: JsonObject, request: AwsRequest): Promise<object> => {
    const handler = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (handler !== undefined) return handler(input, request);
    throw new AwsError('InvalidAction', `The action ${action || '(none)'} is not valid for this endpoint.`);
  };
  return (request) =>
    request.headers['x-amz-target'] === undefined ? answerQuery(request, run) : answerJson(request, run);
}

type Run = (action: string, input: JsonObject, request: AwsRequest) => Promise<object>;

async function answerJson(request: AwsRequest, run: Run): Promise<AwsResponse> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': request.requestId };
  try {
    const action = request.headers['x-amz-target']?.split('.').at(-1) ?? '';
    return { status: 200, headers, body: JSON.stringify(await run(action, readJsonObject(request.body), request)) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return {
      status: error.status,
      headers: { ...headers, 'x-amzn-query-error': `${queryCodeOf(error)};Sender` },
      body: JSON.stringify({ __type: `com.amazonaws.sqs#${error.code}`, message: error.message }),
    };
  }
}

async function answerQuery(request: AwsRequest, run: Run): Promise<AwsResponse> {
  try {
    const form = new Map([...request.query, ...readForm(request.body)]);
    const action = form.get('Action') ?? '';
    const output = await run(action, fromQuery(form, request.path), request);
    return toQueryResponse(action, output, request.requestId);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const translated = new AwsError(queryCodeOf(error), queryMessageOf(error), error.status);
    return queryErrorResponse(request, queryNamespace, translated);
  }
}
