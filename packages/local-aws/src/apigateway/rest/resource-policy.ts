import { BlockList } from 'node:net';
import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import type { JsonValue } from '../../core/json.ts';
import { compileWildcard } from '../../core/wildcard.ts';
import { type Exchange, headerOf, methodArn } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';

/** @throws GatewayError 403 when the API's resource policy does not let the request in */
export type CheckPolicy = (exchange: Exchange) => void;

const oneOrMore = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const condition = z.record(z.string(), z.record(z.string(), oneOrMore));
const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.string(), z.record(z.string(), z.unknown())]),
  Action: oneOrMore,
  Resource: oneOrMore,
  Condition: condition.optional(),
});
const policySchema = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.union([statementSchema.transform((statement) => [statement]), z.array(statementSchema)]),
});
type Statement = z.infer<typeof statementSchema>;
type Test = (exchange: Exchange) => boolean;

/** Compiles the policy of a public API: an explicit Deny wins, and silence is a no. @throws AwsError */
export function compileResourcePolicy(policy: JsonValue): CheckPolicy {
  const parsed = policySchema.safeParse(typeof policy === 'string' ? parseText(policy) : policy);
  if (!parsed.success) {
    throw new AwsError('BadRequestException', `Invalid policy document: ${z.prettifyError(parsed.error)}`);
  }
  const statements = parsed.data.Statement.map((statement) => ({
    effect: statement.Effect,
    applies: compileStatement(statement),
  }));
  return (exchange) => {
    const effects = statements.filter(({ applies }) => applies(exchange)).map(({ effect }) => effect);
    if (effects.includes('Allow') && !effects.includes('Deny')) return;
    const anonymous = 'User: anonymous is not authorized to perform: execute-api:Invoke on resource:';
    const hint = effects.includes('Deny') ? ' with an explicit deny' : '';
    throw new GatewayError('ACCESS_DENIED', `${anonymous} ${methodArn(exchange)}${hint}`);
  };
}

function parseText(policy: string): unknown {
  try {
    return JSON.parse(policy);
  } catch {
    throw new AwsError('BadRequestException', 'Invalid policy document: it is not JSON');
  }
}

function compileStatement({ Action, Resource, Condition = {} }: Statement): Test {
  const isInvoke = Action.some((action) => compileWildcard(action.toLowerCase())('execute-api:invoke'));
  const resources = Resource.map((resource) => resource.replace(/^execute-api:\/?/, '*/')).map(compileWildcard);
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => compileCondition(operator, key, values)),
  );
  return (exchange) =>
    isInvoke &&
    resources.some((matches) => matches(methodArn(exchange))) &&
    conditions.every((holds) => holds(exchange));
}

const keys: Readonly<Record<string, (exchange: Exchange) => string | undefined>> = {
  'aws:sourceip': ({ request }) => request.sourceIp,
  'aws:useragent': (exchange) => headerOf(exchange, 'user-agent'),
  'aws:referer': (exchange) => headerOf(exchange, 'referer'),
  'aws:securetransport': () => 'false',
};

function compileCondition(operator: string, key: string, values: readonly string[]): Test {
  const read = Object.hasOwn(keys, key.toLowerCase()) ? keys[key.toLowerCase()] : undefined;
  if (read === undefined) throw unsupported(`the condition key ${key}`);
  const [, negated, base] = /^(Not)?(IpAddress)$/.exec(operator) ?? /^String(Not)?(Equals|Like)$/.exec(operator) ?? [];
  const match = base === undefined ? undefined : matcher(base, values);
  if (operator === 'Bool') return (exchange) => values.includes(read(exchange) ?? '');
  if (match === undefined) throw unsupported(`the condition operator ${operator}`);
  return (exchange) => match(read(exchange) ?? '') !== (negated !== undefined);
}

function matcher(base: string, values: readonly string[]): (value: string) => boolean {
  if (base === 'Equals') return (value) => values.includes(value);
  if (base === 'Like') {
    const patterns = values.map(compileWildcard);
    return (value) => patterns.some((matches) => matches(value));
  }
  const addresses = new BlockList();
  for (const value of values) {
    const [address = '', prefix] = value.split('/');
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    addresses.addSubnet(address, Number(prefix ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return (value) => addresses.check(value, value.includes(':') ? 'ipv6' : 'ipv4');
}

function unsupported(what: string): AwsError {
  return new AwsError('BadRequestException', `The policy of the REST API uses ${what}, which is not supported here`);
}
