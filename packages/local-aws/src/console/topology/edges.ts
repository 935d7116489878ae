import { matchesArn } from '../../iam/pattern.ts';
import type { Statement } from '../../iam/policy-document.ts';
import type { EdgeKind, TopologyEdge, TopologyNode } from '../api-types.ts';
import { type Deployed, stackLabel } from './deployed.ts';
import { deadLetterTargets } from './nodes.ts';

type Edge = Omit<TopologyEdge, 'isUsed'>;

export function edge(from: string, to: string, kind: EdgeKind): Edge {
  return { id: `${from} ${kind} ${to}`, from, to, kind };
}

/** What leads from one node to another, as the templates and the policies of roles tell. */
export function edgesOf(nodes: readonly TopologyNode[], deployed: Deployed): Edge[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const functionsByName = new Map(
    nodes.filter(({ kind }) => kind === 'function').map(({ region, name, id }) => [`${region} ${name}`, id]),
  );
  const found = [
    ...nodes.flatMap((node) => edgesOfNode(node, nodes, functionsByName, deployed)),
    ...deadLetterEdges(nodes, deployed),
  ].filter(({ from, to }) => from !== to && byId.has(from) && byId.has(to));
  return [...new Map(found.map((each) => [each.id, each])).values()];
}

function edgesOfNode(
  node: TopologyNode,
  nodes: readonly TopologyNode[],
  functionsByName: ReadonlyMap<string, string>,
  deployed: Deployed,
): Edge[] {
  const { id, kind, parentId, region, details } = node;
  const detail = (name: string): string => (typeof details[name] === 'string' ? details[name] : '');
  switch (kind) {
    case 'stream':
      return parentId === null ? [] : [edge(parentId, id, 'feeds')];
    case 'route':
      return integrationTargets(detail('integration'), region, nodes).map((target) =>
        edge(id, target.id, target.kind === 'function' ? 'invokes' : 'sends'),
      );
    case 'mapping':
      return [
        edge(detail('source'), id, 'feeds'),
        edge(id, functionsByName.get(`${region} ${detail('functionName')}`) ?? '', 'invokes'),
      ];
    case 'pipe':
      return [
        edge(detail('source'), id, 'feeds'),
        edge(id, withoutQualifier(detail('enrichment')), 'enriches'),
        edge(id, withoutQualifier(detail('target')), detail('target').includes(':lambda:') ? 'invokes' : 'sends'),
      ];
    case 'subscription':
      return [
        ...(parentId === null ? [] : [edge(parentId, id, 'subscribes')]),
        edge(id, withoutQualifier(detail('endpoint')), detail('protocol') === 'lambda' ? 'invokes' : 'sends'),
      ];
    case 'rule':
    case 'schedule':
      return [
        ...(kind === 'rule' ? [edge(detail('bus'), id, 'subscribes')] : []),
        ...actionsOf(details.targets).map((target) =>
          edge(id, withoutQualifier(target), target.includes(':lambda:') ? 'invokes' : 'sends'),
        ),
      ];
    case 'custom-resource': {
      const provider = detail('provider');
      return [edge(id, withoutQualifier(provider), provider.includes(':lambda:') ? 'invokes' : 'sends')];
    }
    case 'alarm':
      return [...actionsOf(details.actions).map((target) => edge(id, target, 'notifies')), ...watched(node, nodes)];
    case 'bucket':
      return actionsOf(details.notifies).map((target) =>
        edge(id, withoutQualifier(target), target.includes(':lambda:') ? 'invokes' : 'notifies'),
      );
    case 'function':
      return permittedEdges(id, detail('roleArn'), nodes, deployed);
    default:
      return [];
  }
}

/** The function, queue, table, topic or bucket that an integration URI names. */
function integrationTargets(uri: string, ownRegion: string, nodes: readonly TopologyNode[]): TopologyNode[] {
  const functionArn = /arn:aws:lambda:[^/]+(?=\/invocations|$)/.exec(uri)?.[0];
  if (functionArn !== undefined) return nodes.filter(({ id }) => id === withoutQualifier(functionArn));
  const [, queue = ''] = /:sqs:path\/(?:\d+\/)?([^/]+)/.exec(uri) ?? /\/\d{12}\/([\w.-]+)$/.exec(uri) ?? [];
  const [, region = ownRegion] = /^arn:aws:apigateway:([^:]+):sqs:/.exec(uri) ?? [];
  return nodes.filter(
    (node) =>
      (node.kind === 'queue' || node.kind === 'dead-letter-queue') && node.region === region && node.name === queue,
  );
}

function withoutQualifier(arn: string): string {
  return /^(arn:aws:lambda:[^:]*:\d*:function:[^:]+):.*$/.exec(arn)?.[1] ?? arn;
}

function actionsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((action) => typeof action === 'string') : [];
}

const dimensionKinds: Readonly<Record<string, readonly string[]>> = {
  FunctionName: ['function'],
  QueueName: ['queue', 'dead-letter-queue'],
  TableName: ['table'],
  TopicName: ['topic'],
  PipeName: ['pipe'],
  RuleName: ['rule', 'schedule'],
  EventBusName: ['bus'],
  ApiName: ['api'],
  ApiId: ['api'],
};

/** The nodes whose metric an alarm evaluates. */
function watched({ id, region, details }: TopologyNode, nodes: readonly TopologyNode[]): Edge[] {
  const dimensions = Array.isArray(details.dimensions) ? details.dimensions : [];
  return dimensions.flatMap((dimension: unknown) => {
    const [name, value] = ['Name', 'Value'].map((key) =>
      typeof dimension === 'object' && dimension !== null ? Reflect.get(dimension, key) : undefined,
    );
    const kinds = typeof name === 'string' && Object.hasOwn(dimensionKinds, name) ? dimensionKinds[name] : undefined;
    return nodes
      .filter((node) => kinds?.includes(node.kind) === true && node.region === region)
      .filter((node) => node.name === value || node.physicalId === value)
      .map((node) => edge(id, node.id, 'watches'));
  });
}

function deadLetterEdges(nodes: readonly TopologyNode[], { stacks }: Deployed): Edge[] {
  return stacks.flatMap((stack) =>
    stack.resources.flatMap(({ logicalId, properties }) => {
      const targets = deadLetterTargets(properties);
      const from = nodes.find(
        (node) => node.stack === stackLabel(stack) && node.logicalId === logicalId && node.parentId === null,
      );
      return from === undefined ? [] : targets.map((target) => edge(from.id, target, 'dead-letters'));
    }),
  );
}

/** Actions that say how a function uses a resource. Those that Lambda needs to poll a source say nothing of it. */
const uses: readonly { readonly action: RegExp; readonly kind: EdgeKind }[] = [
  { action: /^dynamodb:(?!DescribeStream|GetRecords|GetShardIterator|ListStreams)/i, kind: 'uses' },
  { action: /^s3:/i, kind: 'uses' },
  { action: /^sqs:(SendMessage|\*)/i, kind: 'sends' },
  { action: /^sns:(Publish|\*)/i, kind: 'sends' },
  { action: /^events:(PutEvents|\*)/i, kind: 'sends' },
  { action: /^lambda:(Invoke\w*|\*)/i, kind: 'invokes' },
];

function permittedEdges(
  functionArn: string,
  roleArn: string,
  nodes: readonly TopologyNode[],
  deployed: Deployed,
): Edge[] {
  const statements = deployed
    .policiesOf(roleArn)
    .flatMap((policy) => policy.statements)
    .filter(({ effect, resources }) => effect === 'Allow' && resources?.negated === false);
  return statements.flatMap((statement) => {
    const kinds = uses.filter(({ action }) => statement.actions.texts.some((text) => action.test(text)));
    return kinds.flatMap(({ kind }) =>
      nodes
        .filter((node) => ofKind(kind).includes(node.kind) && names(statement, node.id))
        .map((node) => edge(functionArn, node.id, kind)),
    );
  });
}

function ofKind(kind: EdgeKind): readonly string[] {
  switch (kind) {
    case 'uses':
      return ['table', 'bucket'];
    case 'sends':
      return ['queue', 'dead-letter-queue', 'topic', 'bus'];
    case 'invokes':
      return ['function'];
    default:
      return [];
  }
}

/** A statement about every resource names none. */
function names({ resources }: Statement, arn: string): boolean {
  return (resources?.patterns ?? []).some(
    (pattern, index) => resources?.texts[index] !== '*' && matchesArn(pattern, arn, new Map()),
  );
}
