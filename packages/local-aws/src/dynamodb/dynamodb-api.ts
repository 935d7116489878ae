import { crc32 } from 'node:zlib';
import type { AwsApi, AwsRequest, AwsResponse } from '../core/aws-api.ts';
import { AwsError, unsupportedOperation } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';
import { jsonErrorResponse } from '../core/json-protocol.ts';
import { checkJson, tryReadJsonObject } from '../core/read-json.ts';
import { mayHaveNumberSets, withCanonicalNumberSets } from './canonical-numbers.ts';
import { checkKeyCondition } from './check-key-condition.ts';
import { checkTransaction, refusalOf } from './check-transaction.ts';
import type { Engine, EngineAnswer } from './engine.ts';
import { orderKeyCondition } from './order-key-condition.ts';
import type { TableFacts } from './table-facts.ts';
import { mayNameTableByArn, toCallersArns, toEngineArns, withTableNames } from './translate-arns.ts';

/** An action that the endpoint answers itself, with the engine's help. ARNs in and out are the engine's. */
export type TableAction = (input: JsonObject, region: string) => Promise<JsonObject>;

/** Their bodies are full of items. */
const itemActions = new Set([
  'BatchExecuteStatement',
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'ExecuteStatement',
  'ExecuteTransaction',
  'GetItem',
  'PutItem',
  'TransactGetItems',
  'TransactWriteItems',
  'UpdateItem',
]);

/** Their bodies tell about tables and streams only, so that ARNs can be translated as text. */
const describingActions = new Set([
  'DescribeTable',
  'DescribeTimeToLive',
  'ListStreams',
  'ListTables',
  'ListTagsOfResource',
  'TagResource',
  'UntagResource',
]);

/**
 * Ends pages of small items. Without a limit the engine reads the whole rest of a partition or table for each page, and
 * throws away what is beyond 1 MB. Pages of this many items have that size from about 100 bytes an item on.
 */
const pageSize = 10_000;

type Parts = {
  readonly engine: Engine;
  readonly actions: Readonly<Record<string, TableAction>>;
  readonly facts: Pick<TableFacts, 'attributeType' | 'partitionKey' | 'keys'>;
};

/** DynamoDB and DynamoDB Streams (AWS JSON 1.0) in front of the engine. */
export function dynamoDbApi(parts: Parts): AwsApi {
  return async (request) => {
    try {
      return await answer(parts, request);
    } catch (error) {
      if (error instanceof AwsError) return jsonErrorResponse(request, '1.0', error);
      // What is nested so deep that it can be read and not written.
      if (error instanceof RangeError) return jsonErrorResponse(request, '1.0', unreadable());
      throw error;
    }
  };
}

async function answer({ engine, actions, facts }: Parts, request: AwsRequest): Promise<AwsResponse> {
  const { headers, region, body } = request;
  const target = headers['x-amz-target'] ?? '';
  const action = target.split('.')[1] ?? '';
  checkJson(body);
  const own = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (own !== undefined) {
    const output = await own(withTableNames(parse(toEngineArns(body.toString(), region)), region), region);
    return respond(request, 200, toCallersArns(JSON.stringify(output), region));
  }
  if (action === 'Query' || action === 'Scan') {
    const input = withTableNames(parse(body), region);
    const query = action === 'Query' ? checkedQuery(input, facts) : input;
    const forwarded = mayHaveNumberSets(body) ? withCanonicalNumberSets(query) : query;
    return relay(
      request,
      await engine.forward(target, JSON.stringify({ ...forwarded, Limit: input.Limit ?? pageSize })),
    );
  }
  if (itemActions.has(action)) {
    const isTransaction = action === 'TransactWriteItems';
    const answered = await engine.forward(target, itemsBody(body, isTransaction, facts, region));
    const refusal = isTransaction ? refusalOf(answered) : undefined;
    if (refusal !== undefined) throw refusal;
    return relay(request, answered);
  }
  if (!describingActions.has(action)) throw unsupportedOperation('dynamodb', action || '(no X-Amz-Target)');
  const input = withTableNames(parse(toEngineArns(body.toString(), region)), region);
  const described = await engine.forward(target, JSON.stringify(input));
  return respond(request, described.status, toCallersArns(described.body.toString(), region));
}

function checkedQuery(input: JsonObject, facts: Parts['facts']): JsonObject {
  const table = String(input.TableName);
  checkKeyCondition(input, (name) => facts.attributeType(table, name));
  return orderKeyCondition(
    input,
    facts.partitionKey(table, input.IndexName === undefined ? '' : String(input.IndexName)),
  );
}

/** The body as the engine wants it: most go through untouched. */
function itemsBody(body: Buffer, isTransaction: boolean, facts: Parts['facts'], region: string): Buffer | string {
  const hasSets = mayHaveNumberSets(body);
  const hasUpdates = isTransaction && body.includes('"Update"');
  if (!mayNameTableByArn(body) && !hasSets && !hasUpdates) return body;
  const input = withTableNames(parse(body), region);
  if (hasUpdates) checkTransaction(input, (table) => facts.keys(table));
  return JSON.stringify(hasSets ? withCanonicalNumberSets(input) : input);
}

function relay(request: AwsRequest, { status, headers, body }: EngineAnswer): AwsResponse {
  if (status >= 300) return respond(request, status, toCallersArns(withoutDump(body.toString()), request.region));
  return {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': request.requestId,
      'x-amz-crc32': String(headers['x-amz-crc32'] ?? crc32(body)),
    },
    body,
  };
}

/** When there are too many actions or requests the engine prints all of them in a notation of its own. */
function withoutDump(body: string): string {
  const start = body.indexOf("Value '");
  const end = body.lastIndexOf("' at '");
  if (start < 0 || !/ (?:Some\(|None)/.test(body.slice(start, Math.max(start, end)))) return body;
  return `${body.slice(0, start)}Value '[...]${body.slice(end)}`;
}

function respond(request: AwsRequest, status: number, body: string): AwsResponse {
  return {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': request.requestId,
      'x-amz-crc32': String(crc32(body)),
    },
    body,
  };
}

function parse(body: string | Buffer): JsonObject {
  const input = tryReadJsonObject(typeof body === 'string' ? Buffer.from(body) : body);
  if (input !== undefined) return input;
  throw unreadable();
}

function unreadable(): AwsError {
  return new AwsError('SerializationException', 'The request body is not a JSON object that can be read.');
}
