import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error.ts';
import { problemsOf } from '#shared/errors/describe-failure.ts';
import { toAppError } from '#shared/errors/to-app-error.ts';
import type { RequestContext } from '#shared/http/http-handler.ts';
import { proxyEvent } from '#shared/http/proxy-event.ts';
import { type PlannedTask, plannedTask } from '../domain/plan.ts';

/**
 * The most pages of 100 tasks in a plan. Five pages of the longest tasks, each shown twice, are just below the 6 MB that
 * a Lambda function may return.
 */
const maxPages = 5;

/** The part of the invocation's time that is kept for answering when the downstream function does not. */
const reserveMs = 500;

type Context = Pick<RequestContext, 'caller' | 'requestId' | 'correlationId' | 'remainingTime'>;

/** The open tasks of the caller; `isTruncated` if there are more than a plan holds. */
type OpenTasks = { readonly tasks: readonly PlannedTask[]; readonly isTruncated: boolean };

/** Reads the caller's open tasks from the function behind `GET /tasks`. */
export type OpenTasksReader = (context: Context) => Promise<OpenTasks>;

const answer = z.object({
  statusCode: z.int(),
  headers: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
  body: z.string(),
});
const taskList = z.array(plannedTask);

/** @throws AppError BAD_GATEWAY, UNAVAILABLE or GATEWAY_TIMEOUT, by how the downstream function failed */
export function openTasksReader(client: LambdaClient, functionArn: string): OpenTasksReader {
  return async (context) => {
    // One deadline for all pages, so that the planner always answers in time.
    const deadline = AbortSignal.timeout(Math.max(0, context.remainingTime() - reserveMs));
    const tasks: PlannedTask[] = [];
    let query: URLSearchParams | undefined = new URLSearchParams({ isComplete: 'false', limit: '100' });
    for (let page = 0; query !== undefined && page < maxPages; page++) {
      const event = proxyEvent({ ...context, method: 'GET', path: '/tasks', query });
      const { headers, body } = answerOf(await invoke(client, functionArn, event, deadline));
      tasks.push(...parse(taskList, parseJson(body)));
      query = nextQuery(headers?.link);
    }
    return { tasks, isTruncated: query !== undefined };
  };
}

async function invoke(
  client: LambdaClient,
  functionArn: string,
  event: object,
  deadline: AbortSignal,
): Promise<InvokeCommandOutput> {
  const command = new InvokeCommand({
    FunctionName: functionArn,
    InvocationType: 'RequestResponse',
    Payload: Buffer.from(JSON.stringify(event)),
  });
  try {
    return await client.send(command, { abortSignal: deadline });
  } catch (error) {
    // The SDK reports every abort as an AbortError, whatever its reason was.
    const known = toAppError(deadline.aborted ? deadline.reason : error);
    throw known.code === 'INTERNAL_ERROR' ? badGateway(error) : known;
  }
}

/** Reads what the function returned: its errors are HTTP answers, its crashes a function error. */
function answerOf({ FunctionError, Payload }: InvokeCommandOutput): z.infer<typeof answer> {
  const payload = parseJson(Payload?.transformToString() ?? '');
  if (FunctionError !== undefined) throw badGateway(new Error(`Function error: ${FunctionError}`));
  const result = parse(answer, payload);
  switch (result.statusCode) {
    case 200:
      return result;
    case 503:
      throw new AppError('UNAVAILABLE', 'The list of tasks is busy. Try again shortly.', { retryAfterSeconds: 1 });
    case 504:
      throw new AppError('GATEWAY_TIMEOUT', 'The list of tasks took too long.');
    default:
      throw badGateway(new Error(`Status ${result.statusCode}`));
  }
}

/** The query of the `Link` to the next page, whose target is a relative reference. */
function nextQuery(link: unknown): URLSearchParams | undefined {
  if (typeof link !== 'string') return undefined;
  const target = /<([^>]*)>; *rel="next"/.exec(link)?.[1];
  return target === undefined ? undefined : new URL(target, 'https://tasks.invalid/tasks').searchParams;
}

function parse<T>(schema: z.ZodMiniType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw badGateway(new Error(`Unexpected payload: ${problemsOf(result.error).join('; ')}`));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badGateway(new Error('The payload is not JSON'));
  }
}

function badGateway(cause: unknown): AppError {
  return new AppError('BAD_GATEWAY', 'The list of tasks could not be read.', { cause });
}
