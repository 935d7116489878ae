import { defaultRegion } from '../../core/arn.ts';
import type { Topology, TopologyNode } from '../api-types.ts';
import { type Deployed, type DeployedStack, stackLabel } from './deployed.ts';
import { edge, edgesOf } from './edges.ts';
import { nodesOf, routeNodeId } from './nodes.ts';

/** The topology of what is deployed at one time, with the ways to find a node in it. */
export class TopologyView {
  readonly nodes: readonly TopologyNode[];
  readonly #stacks: readonly DeployedStack[];
  readonly #edges: readonly ReturnType<typeof edge>[];
  readonly #byId: ReadonlyMap<string, TopologyNode>;
  readonly #byName: ReadonlyMap<string, TopologyNode>;

  constructor(deployed: Deployed) {
    this.#stacks = deployed.stacks;
    this.nodes = deployed.stacks.flatMap((stack) => nodesOf(stack, deployed));
    this.#edges = edgesOf(this.nodes, deployed);
    this.#byId = new Map(this.nodes.map((node) => [node.id, node]));
    this.#byName = new Map(this.nodes.flatMap((node) => keysOf(node).map((key) => [key, node])));
  }

  /** @param used ids of edges with traffic; those that are in no template are added */
  view(used: ReadonlyMap<string, Pick<ReturnType<typeof edge>, 'from' | 'to' | 'kind'>>): Topology {
    const known = new Set(this.#edges.map(({ id }) => id));
    const observed = [...used.values()]
      .map(({ from, to, kind }) => edge(from, to, kind))
      .filter(({ id, from, to }) => !known.has(id) && this.#byId.has(from) && this.#byId.has(to));
    return {
      stacks: this.#stacks.map(({ name, id, region, status, outputs, tags, description }) => ({
        name: stackLabel({ name, region }),
        id,
        region,
        status,
        service: stackLabel({ name: serviceOf(name, tags), region }),
        stage: tags.STAGE ?? tags.stage ?? '',
        outputs,
        description,
      })),
      nodes: this.nodes,
      edges: [...this.#edges, ...observed].map((each) => ({ ...each, isUsed: used.has(each.id) })),
    };
  }

  node(id: string): TopologyNode | undefined {
    return this.#byId.get(id);
  }

  /** The node of a resource that a span names. */
  find(service: string, resource: string, region = defaultRegion): TopologyNode | undefined {
    return this.#byName.get(keyOf(service, region, resource));
  }

  /** The node of a route, which a gateway span names with its method and path. */
  route(apiId: string, operation: string): TopologyNode | undefined {
    const api = this.find('apigateway', apiId);
    if (api === undefined) return undefined;
    const [method = '', path = ''] = operation.split(' ');
    return this.node(routeNodeId(api.id, method, path)) ?? this.node(routeNodeId(api.id, 'ANY', path)) ?? api;
  }
}

/** Stacks of the Serverless Framework are `<service>-<stage>`, with the stage as a tag. */
function serviceOf(name: string, tags: Readonly<Record<string, string>>): string {
  const stage = tags.STAGE ?? tags.stage ?? '';
  return stage !== '' && name.endsWith(`-${stage}`) ? name.slice(0, -stage.length - 1) : name;
}

const serviceOfKind: Readonly<Partial<Record<TopologyNode['kind'], string>>> = {
  api: 'apigateway',
  function: 'lambda',
  table: 'dynamodb',
  queue: 'sqs',
  'dead-letter-queue': 'sqs',
  topic: 'sns',
  pipe: 'pipes',
  bus: 'events',
  bucket: 's3',
};

/** Ids of APIs and names of buckets are the same in all regions. */
const unregioned = new Set(['apigateway', 's3']);

function keyOf(service: string, region: string, name: string): string {
  return unregioned.has(service) ? `${service} ${name}` : `${service} ${region} ${name}`;
}

function keysOf({ kind, name, physicalId, region }: TopologyNode): string[] {
  const service = serviceOfKind[kind];
  return service === undefined ? [] : [name, physicalId].map((each) => keyOf(service, region, each));
}
