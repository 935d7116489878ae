import type { AwsClient } from '../../core/aws-client.ts';
import { AwsError } from '../../core/aws-error.ts';
import { rolePrincipal } from '../../core/credentials.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { parseJson } from '../../core/parse-json.ts';
import { escapeXml } from '../../core/query-protocol.ts';
import { type MayAssume, notAssumable } from '../assume-role.ts';
import type { Exchange, IntegrationAnswer } from './exchange.ts';
import { integrationFailure } from './gateway-error.ts';
import type { Integration } from './model.ts';
import { evaluate } from './selection-expression.ts';

type Subtype = {
  readonly action: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
};

/** The first-class integrations with SQS and the parameters that each takes. `Region` names another region's queue. */
export const sqsSubtypes: Readonly<Record<string, Subtype>> = {
  'SQS-SendMessage': {
    action: 'SendMessage',
    required: ['QueueUrl', 'MessageBody'],
    optional: ['DelaySeconds', 'MessageAttributes', 'MessageDeduplicationId', 'MessageGroupId', 'Region'],
  },
  'SQS-DeleteMessage': { action: 'DeleteMessage', required: ['QueueUrl', 'ReceiptHandle'], optional: ['Region'] },
  'SQS-PurgeQueue': { action: 'PurgeQueue', required: ['QueueUrl'], optional: ['Region'] },
};

/** Calls SQS as the integration's role; parameters come from the request. SQS answers in its Query protocol's XML. @throws GatewayError */
export async function integrateSqs(
  { client, mayAssume }: { readonly client: AwsClient; readonly mayAssume: MayAssume },
  exchange: Exchange,
  { integrationSubtype = '', credentialsArn = '', requestParameters = {} }: Integration,
): Promise<IntegrationAnswer> {
  const subtype = Object.hasOwn(sqsSubtypes, integrationSubtype) ? sqsSubtypes[integrationSubtype] : undefined;
  if (subtype === undefined) throw integrationFailure(`no such integration: ${integrationSubtype}`);
  if (!mayAssume(credentialsArn)) throw integrationFailure(notAssumable(credentialsArn));
  const { Region: region = exchange.region, ...values } = Object.fromEntries(
    Object.entries(requestParameters).flatMap(([name, source]) => {
      const value = evaluate(source, { exchange });
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const { action } = subtype;
  exchange.integration.requestId = exchange.requestId;
  try {
    const input = readInput(values);
    const principal = rolePrincipal(credentialsArn, 'BackplaneAssumeRoleSession');
    const output = await client({ service: 'sqs', action, input, principal, region });
    return xml(200, `${action}Response`, `${result(action, output)}${metadata(exchange.requestId)}`);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const detail = `<Error><Type>Sender</Type><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error>`;
    return xml(error.status, 'ErrorResponse', `${detail}<RequestId>${exchange.requestId}</RequestId>`);
  }
}

function readInput(values: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, readValue(name, value)]));
}

function readValue(name: string, value: string): JsonValue {
  if (name === 'DelaySeconds') return Number(value);
  if (name !== 'MessageAttributes') return value;
  const attributes = parseJson(value);
  if (isJsonObject(attributes)) return attributes;
  throw new AwsError('InvalidParameterValue', 'MessageAttributes is not a JSON object.');
}

function result(action: string, output: JsonObject): string {
  const members = Object.entries(output).map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`);
  return members.length === 0 ? '' : `<${action}Result>${members.join('')}</${action}Result>`;
}

function metadata(requestId: string): string {
  return `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
}

function xml(status: number, root: string, inner: string): IntegrationAnswer {
  const body = `<?xml version="1.0"?><${root} xmlns="http://queue.amazonaws.com/doc/2012-11-05/">${inner}</${root}>`;
  return { status, headers: [['content-type', 'text/xml']], body };
}
