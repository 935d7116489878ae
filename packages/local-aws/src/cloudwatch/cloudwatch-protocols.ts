import { gunzipSync } from 'node:zlib';
import type { AwsApi, AwsRequest, AwsResponse } from '../core/aws-api.ts';
import { AwsError, unsupportedOperation } from '../core/aws-error.ts';
import { jsonApi, jsonErrorResponse } from '../core/json-protocol.ts';
import { type QueryAction, type QueryOutput, type QueryOutputValue, queryApi } from '../core/query-protocol.ts';

export type CloudWatchAction = (input: unknown) => QueryOutput | Promise<QueryOutput>;

const name = 'cloudwatch';
const namespace = 'http://monitoring.amazonaws.com/doc/2010-08-01/';

/** The Query protocol calls some errors differently from the model that the JSON protocol follows. */
const queryCodes: Readonly<Record<string, string>> = {
  InvalidParameterValueException: 'InvalidParameterValue',
  InvalidParameterCombinationException: 'InvalidParameterCombination',
  MissingRequiredParameterException: 'MissingParameter',
  DashboardInvalidInputError: 'InvalidParameterInput',
  DashboardNotFoundError: 'ResourceNotFound',
  InvalidFormatFault: 'InvalidFormat',
  LimitExceededFault: 'LimitExceeded',
};

/**
 * CloudWatch speaks AWS JSON 1.0 (SDK for JavaScript v3, the CLI) and the older Query protocol (SDK v2, osls). The third,
 * RPC v2 CBOR, is refused by name.
 */
export function cloudwatchApi(actions: Readonly<Record<string, CloudWatchAction>>): AwsApi {
  const json = jsonApi(
    name,
    '1.0',
    mapActions(actions, (action) => async (input) => toJsonObject(await action(input))),
  );
  const query = queryApi(name, namespace, mapActions(actions, queryAction));
  return async (request) => {
    if (request.headers['smithy-protocol'] !== undefined) {
      return jsonErrorResponse(
        request,
        '1.0',
        unsupportedOperation(name, `the protocol ${request.headers['smithy-protocol']}`),
      );
    }
    const unpacked = unpack(request);
    if (unpacked === undefined) {
      const error = new AwsError('SerializationException', 'The request body is not valid gzip.');
      return jsonErrorResponse(request, '1.0', error);
    }
    return request.headers['x-amz-target'] === undefined ? query(unpacked) : withQueryError(await json(unpacked));
  };
}

function mapActions<T>(
  actions: Readonly<Record<string, CloudWatchAction>>,
  map: (action: CloudWatchAction) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(actions).map(([action, handler]) => [action, map(handler)]));
}

/** SDKs compress PutMetricData from 10 KB on. */
function unpack(request: AwsRequest): AwsRequest | undefined {
  if (request.headers['content-encoding'] !== 'gzip') return request;
  try {
    return { ...request, body: gunzipSync(request.body, { maxOutputLength: 16 * 1024 * 1024 }) };
  } catch {
    return undefined;
  }
}

function queryAction(action: CloudWatchAction): QueryAction {
  return async ({ Action, Version, ...input }) => {
    try {
      return await action(input);
    } catch (error) {
      if (error instanceof AwsError) {
        throw new AwsError(queryCodes[error.code] ?? error.code, error.message, error.status, error.members);
      }
      throw error;
    }
  };
}

/** Clients that came from the Query protocol find its error code in this header. */
function withQueryError(response: AwsResponse): AwsResponse {
  if (response.status < 400) return response;
  const error: { __type?: unknown } = JSON.parse(response.body.toString());
  const code = String(error.__type);
  const fault = response.status < 500 ? 'Sender' : 'Receiver';
  return {
    ...response,
    headers: { ...response.headers, 'x-amzn-query-error': `${queryCodes[code] ?? code};${fault}` },
  };
}

function toJsonObject(output: QueryOutput): object {
  return Object.fromEntries(Object.entries(output).map(([key, value]) => [key, toJson(value)]));
}

function toJson(value: QueryOutputValue): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) return toJsonObject(Object.fromEntries(value));
  return typeof value === 'object' ? toJsonObject(value) : value;
}
