import type { Topology, TopologyNode } from '../api-types.ts';
import type { NodeLookup } from '../trace/recorder.ts';
import type { Deployed, DeployedStack } from './deployed.ts';
import { TopologyView } from './topology-view.ts';
import type { Traffic } from './traffic.ts';

export type Deployment = Omit<Deployed, 'stacks'> & {
  /** With when each of them last changed. */
  readonly stacks: () => readonly (DeployedStack & { readonly updatedAt: number })[];
};

/** Stacks change rarely, and spans come often. */
const checkEveryMs = 500;

/** The topology as it is now: read again when stacks have changed. */
export class LiveTopology implements NodeLookup {
  #deployment: Deployment | undefined;
  #view = emptyView();
  #signature = '';
  #checkedAt = Number.NEGATIVE_INFINITY;

  open(deployment: Deployment): void {
    this.#deployment = deployment;
  }

  /** @returns whether it has changed */
  refresh(isForced = false): boolean {
    const now = performance.now();
    if (this.#deployment === undefined || (!isForced && now - this.#checkedAt < checkEveryMs)) return false;
    this.#checkedAt = now;
    const stacks = this.#deployment.stacks();
    const signature = stacks.map(({ id, status, updatedAt }) => `${id} ${status} ${updatedAt}`).join('\n');
    if (signature === this.#signature) return false;
    this.#signature = signature;
    this.#view = new TopologyView({ ...this.#deployment, stacks });
    return true;
  }

  get nodes(): readonly TopologyNode[] {
    return this.#view.nodes;
  }

  view(traffic: Traffic): Topology {
    this.refresh(true);
    return this.#view.view(traffic.used);
  }

  find(service: string, resource: string, region?: string): TopologyNode | undefined {
    return this.#view.find(service, resource, region);
  }

  route(apiId: string, operation: string): TopologyNode | undefined {
    return this.#view.route(apiId, operation);
  }

  node(id: string): TopologyNode | undefined {
    return this.#view.node(id);
  }
}

function emptyView(): TopologyView {
  const none = () => [];
  return new TopologyView({
    stacks: [],
    routesOf: none,
    urlOf: () => undefined,
    subscriptionsOf: none,
    policiesOf: none,
  });
}
