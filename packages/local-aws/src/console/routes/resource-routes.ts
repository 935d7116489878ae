import * as z from 'zod';
import { type ControlRoute, controlInput } from '../../control/control-api.ts';
import type { JsonObject } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Observer } from '../../core/observer.ts';
import { regionNames } from '../../core/region-names.ts';
import type { Queue } from '../../sqs/queue.ts';
import type { QueueEntry } from '../../sqs/queue-entry.ts';
import type { ExecutionEnvironmentView, PeekedMessage, SourceActivity } from '../api-types.ts';
import type { CallAws } from '../aws/call-aws.ts';
import { limit, notFound, prefix, queryInput, text } from './input.ts';

/** The queues of all regions, by name and region. */
export type QueuesOfRegions = {
  byName(name: string, region?: string): Queue | undefined;
  byArn(queueArn: string): Queue | undefined;
};

export type ResourcePorts = {
  readonly queues: QueuesOfRegions;
  readonly observer: Pick<Observer, 'causeOf' | 'moved'>;
  readonly environments: () => readonly ExecutionEnvironmentView[];
  readonly sources: () => Promise<readonly SourceActivity[]>;
  readonly emails: () => readonly object[];
  readonly permissions: () => object;
  readonly callAws: CallAws;
};

const inRegion = z.strictObject({ region: z.enum(regionNames).optional() });
const peekQuery = inRegion.extend({ limit, state: z.enum(['ready', 'inFlight', 'delayed']).optional() });
const redriveBody = z.strictObject({ messageIds: z.array(z.string()).min(1).max(1000) });
const objectsQuery = z.strictObject({ prefix: text, limit, cursor: text });
const environmentsQuery = inRegion.extend({ function: text });

/** What AWS has no action for: looking into a queue, environments, what filters did, and emails. */
export function resourceRoutes(ports: ResourcePorts): readonly ControlRoute[] {
  const { queues, observer, environments, sources, emails, permissions, callAws } = ports;
  const queueNamed = (name: string, region: string | undefined): Queue => {
    const queue = queues.byName(name, region);
    if (queue === undefined) throw notFound(`queue ${name}`);
    return queue;
  };
  return [
    {
      method: 'GET',
      path: `${prefix}/queues/{name}/messages`,
      handle: (request, { name = '' }) => {
        const wanted = queryInput(peekQuery, request);
        const queue = queueNamed(name, wanted.region);
        const { ready, inFlight, delayed } = queue.counts();
        const messages = queue.peek(wanted.limit, wanted.state).map((entry) => viewMessage(entry, observer));
        return { body: { messages, total: ready + inFlight + delayed } };
      },
    },
    {
      method: 'DELETE',
      path: `${prefix}/queues/{name}/messages/{messageId}`,
      handle: (request, { name = '', messageId = '' }) => {
        const { region } = queryInput(inRegion, request);
        if (queueNamed(name, region).takeOut(messageId) === undefined)
          throw notFound(`message ${messageId} in ${name}`);
        return { status: 204 };
      },
    },
    {
      method: 'POST',
      path: `${prefix}/queues/{name}/redrive`,
      handle: (request, { name = '' }) => {
        const { region } = queryInput(inRegion, request);
        const { messageIds } = controlInput(redriveBody, request);
        return { body: { moved: redrive(queueNamed(name, region), messageIds, queues, observer) } };
      },
    },
    {
      method: 'GET',
      path: `${prefix}/environments`,
      handle: (request) => {
        const { function: name, region: wanted } = queryInput(environmentsQuery, request);
        const isWanted = ({ functionName, region }: ExecutionEnvironmentView): boolean =>
          (name === undefined || functionName === name) && (wanted === undefined || region === wanted);
        return { body: environments().filter(isWanted) };
      },
    },
    { method: 'GET', path: `${prefix}/sources`, handle: async () => ({ body: await sources() }) },
    { method: 'GET', path: `${prefix}/emails`, handle: () => ({ body: emails() }) },
    { method: 'GET', path: `${prefix}/permissions`, handle: () => ({ body: permissions() }) },
    {
      method: 'GET',
      path: `${prefix}/buckets/{name}/objects`,
      handle: async (request, { name = '' }) => {
        const wanted = queryInput(objectsQuery, request);
        const answer = await callAws('s3', 'ListObjectsV2', {
          Bucket: name,
          MaxKeys: wanted.limit,
          ...(wanted.prefix !== undefined && { Prefix: wanted.prefix }),
          ...(wanted.cursor !== undefined && { ContinuationToken: wanted.cursor }),
        });
        const { Contents = [], NextContinuationToken } = answer;
        return {
          body: {
            objects: [Contents]
              .flat()
              .filter(isJsonObject)
              .map((object) => viewObject(name, object)),
            nextCursor: typeof NextContinuationToken === 'string' ? NextContinuationToken : null,
          },
        };
      },
    },
    {
      method: 'POST',
      path: `${prefix}/aws/{service}/{action}`,
      handle: async (request, { service = '', action = '' }) => ({
        body: await callAws(service, action, controlInput(anyObject, request), queryInput(inRegion, request).region),
      }),
    },
  ];
}

const anyObject = z.custom<JsonObject>(isJsonObject, 'must be a JSON object');

function redrive(
  from: Queue,
  messageIds: readonly string[],
  queues: Pick<QueuesOfRegions, 'byArn'>,
  observer: Pick<Observer, 'moved'>,
): number {
  const known = new Map(from.peek(Number.POSITIVE_INFINITY).map(({ message }) => [message.id, message]));
  const moves = messageIds.map((messageId) => {
    const message = known.get(messageId);
    if (message === undefined) throw notFound(`message ${messageId} in ${from.identity.name}`);
    const to = queues.byArn(message.deadLetterSourceArn ?? '');
    if (to === undefined) throw notFound(`queue that message ${messageId} came from`);
    return { messageId, to };
  });
  for (const { messageId, to } of moves) {
    const message = from.takeOut(messageId);
    if (message === undefined) continue;
    const { deadLetterSourceArn: _source, ...asNew } = message;
    observer.moved({
      mechanism: 'redrive',
      messageId,
      fromArn: from.identity.arn,
      toArn: to.identity.arn,
      receiveCount: 0,
    });
    to.accept(asNew, 0, undefined);
  }
  return moves.length;
}

function viewMessage(
  { message, state, firstReceivedAt, receiveCount, visibleAt }: QueueEntry,
  observer: Pick<Observer, 'causeOf'>,
): PeekedMessage {
  const { id, body, attributes, sentAt, groupId, deadLetterSourceArn, traceHeader } = message;
  const cause = observer.causeOf({ kind: 'message', messageId: id, traceHeader });
  return {
    messageId: id,
    state: state === 'gone' ? 'ready' : state,
    body,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { DataType, StringValue }]) => [
        name,
        { DataType, ...(StringValue !== undefined && { StringValue }) },
      ]),
    ),
    sentAt,
    firstReceivedAt: firstReceivedAt ?? null,
    receiveCount,
    visibleAt: visibleAt ?? null,
    groupId: groupId ?? null,
    deadLetterSourceArn: deadLetterSourceArn ?? null,
    traceId: cause?.traceId ?? null,
  };
}

function viewObject(bucket: string, { Key, Size, LastModified }: JsonObject): object {
  const key = String(Key);
  const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
  return { key, size: Number(Size), lastModified: String(LastModified), url: `/${path}` };
}
