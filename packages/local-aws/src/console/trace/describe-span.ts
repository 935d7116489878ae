import { arn } from '../../core/arn.ts';
import { isJsonObject } from '../../core/json.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { AccessDecision } from '../../iam/access-check.ts';
import { statementBehind } from '../../iam/authorize.ts';
import type { IamStore } from '../../iam/iam-store.ts';
import type { IamDecision, SpanAttributes, SpanError, TopologyNode } from '../api-types.ts';
import { clipBody } from '../store/clip-body.ts';
import type { StoredSpan } from '../store/stored.ts';
import type { OpenSpan } from './open-span.ts';
import type { NodeLookup } from './recorder.ts';

/** Names the policies of a role. */
export type RoleLookup = Pick<IamStore, 'roleByArn'>;

const maxStepLength = 65_536;

/** What is stored of a span. */
export function describeSpan(
  span: OpenSpan,
  node: TopologyNode | undefined,
  nodes: NodeLookup,
  iam: RoleLookup,
): StoredSpan {
  const { start, result } = span;
  const status = span.isEnded ? (result.status ?? 'ok') : 'running';
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentId: span.parentId ?? null,
    links: span.links.flatMap(({ traceId, spanId }, index) =>
      spanId === undefined ? [] : [{ traceId, spanId, index }],
    ),
    kind: start.kind,
    service: start.service,
    resource: start.service === 'apigateway' ? apiName(start.resource, nodes) : start.resource,
    operation: start.operation,
    nodeId: node?.id ?? null,
    stack: node?.stack ?? null,
    startUs: span.startUs,
    durationUs: span.durationUs,
    status,
    error: errorOf(span),
    attempt: start.attempt ?? 1,
    requestId: start.requestId ?? result.requestId ?? null,
    iam: span.decisions.map((decision) => describeDecision(decision, iam)),
    input: clipBody(start.input),
    output: clipBody(result.output),
    attributes: attributesOf(span),
    isKnown: span.isStored,
  };
}

/** What a span is about, among what is deployed. */
export function nodeOf({ start }: OpenSpan, nodes: NodeLookup): TopologyNode | undefined {
  const { kind, service, resource, operation, attributes = {} } = start;
  if (kind === 'gateway' || kind === 'authorizer') return nodes.route(resource, operation);
  if (kind === 'delivery') {
    const { mechanism, consumer, subscription, rule = subscription, schedule = rule } = attributes;
    if (typeof schedule === 'string') return nodes.node(schedule);
    if ((mechanism === 'queue' || mechanism === 'stream') && typeof consumer === 'string') {
      return nodes.node(arn('lambda', regionOf(attributes.source), `event-source-mapping:${consumer}`));
    }
  }
  const { region } = attributes;
  return nodes.find(service, resource, typeof region === 'string' ? region : undefined);
}

function regionOf(source: unknown): string {
  return typeof source === 'string' ? (source.split(':')[3] ?? '') : '';
}

function apiName(apiId: string, nodes: NodeLookup): string {
  return nodes.find('apigateway', apiId)?.name ?? apiId;
}

function attributesOf({ start, result, steps }: OpenSpan): SpanAttributes {
  return {
    ...start.attributes,
    ...result.attributes,
    ...(steps.length > 0 && { steps: steps.map(({ name, text }) => ({ name, text: text.slice(0, maxStepLength) })) }),
  };
}

/** A function's error has its message and stack in the payload. */
function errorOf({ start, result }: OpenSpan): SpanError | null {
  const { error, output } = result;
  if (error === undefined) return null;
  if (start.kind !== 'invocation' || output === undefined) return error;
  const payload = parseJson(output.toString());
  if (!isJsonObject(payload)) return error;
  const { errorType, errorMessage, trace } = payload;
  return {
    type: typeof errorType === 'string' ? errorType : error.type,
    message: typeof errorMessage === 'string' ? errorMessage : error.message,
    ...(Array.isArray(trace) && { stack: trace.filter((line) => typeof line === 'string') }),
  };
}

function describeDecision(decision: AccessDecision, iam: RoleLookup): IamDecision {
  const { principal, permission, access, question } = decision;
  const statement = statementBehind(question, access);
  const policy =
    statement === undefined ? undefined : (policyName(decision, iam, statement) ?? `policy of ${permission.resource}`);
  return {
    action: permission.action,
    resource: permission.resource,
    principal: principal.kind === 'service' ? principal.service : principal.arn,
    isAllowed: access.allowed,
    ...(!access.allowed && { deniedBy: access.by }),
    ...(statement !== undefined &&
      policy !== undefined && {
        statement: {
          policy,
          ...(statement.sid !== undefined && { sid: statement.sid }),
          effect: statement.effect,
          actions: statement.actions.texts,
          resources: statement.resources?.texts ?? [],
        },
      }),
  };
}

/** The inline or attached policy of the role that has a statement. */
function policyName(
  { principal, question }: AccessDecision,
  iam: RoleLookup,
  statement: NonNullable<ReturnType<typeof statementBehind>>,
): string | undefined {
  const role = principal.kind === 'role' ? iam.roleByArn(principal.roleArn) : undefined;
  if (role === undefined) return undefined;
  const names = [...Object.keys(role.inlinePolicies), ...role.attachedPolicies];
  const at = question.identityPolicies.findIndex(({ statements }) => statements.includes(statement));
  return at < 0 ? undefined : names[at];
}
