import { AwsError } from '../../core/aws-error.ts';
import type { Collection, StateStore } from '../../core/state-store.ts';
import { type HttpApi, httpApiSchema } from './model.ts';

/** What every part of an API that has a list of its own is called, and what identifies its members. */
const identities = {
  routes: 'routeId',
  integrations: 'integrationId',
  authorizers: 'authorizerId',
  stages: 'stageName',
  deployments: 'deploymentId',
} as const;
type Part = keyof typeof identities;

const names: Readonly<Record<Part, string>> = {
  routes: 'Route',
  integrations: 'Integration',
  authorizers: 'Authorizer',
  stages: 'Stage',
  deployments: 'Deployment',
};

/** All HTTP APIs. Records are replaced, never changed in place. */
export class HttpApiStore {
  readonly #kept: Collection<HttpApi>;
  readonly #apis: Map<string, HttpApi>;

  constructor(state: StateStore) {
    this.#kept = state.collection('apigatewayv2/apis', httpApiSchema);
    this.#apis = new Map(this.#kept.entries());
  }

  list(): readonly HttpApi[] {
    return [...this.#apis.values()];
  }

  find(apiId: string): HttpApi | undefined {
    return this.#apis.get(apiId);
  }

  /** The names of the stages of an API; undefined when there is no such API. */
  stagesOf(apiId: string): readonly string[] | undefined {
    return this.#apis.get(apiId)?.stages.map(({ stageName }) => stageName);
  }

  /** @throws AwsError NotFoundException */
  get(apiId: string): HttpApi {
    const api = this.#apis.get(apiId);
    if (api === undefined) throw notFound('API', apiId);
    return api;
  }

  put(api: HttpApi): void {
    this.#apis.set(api.apiId, api);
    this.#kept.put(api.apiId, api);
  }

  /** Does nothing when there is no such API. */
  delete(apiId: string): void {
    this.#apis.delete(apiId);
    this.#kept.delete(apiId);
  }

  /** Adds or replaces the member that has the same id. */
  putPart<P extends Part>(apiId: string, part: P, member: HttpApi[P][number]): void {
    const api = this.get(apiId);
    const id = idOf(part, member);
    const members = [...api[part].filter((other) => idOf(part, other) !== id), member];
    this.put({ ...api, [part]: members });
  }

  /** @throws AwsError NotFoundException */
  getPart<P extends Part>(apiId: string, part: P, id: string): HttpApi[P][number] {
    const found = this.get(apiId)[part].find((member) => idOf(part, member) === id);
    if (found === undefined) throw notFound(names[part], id);
    return found;
  }

  /** Does nothing when the API or the member is gone already. */
  deletePart(apiId: string, part: Part, id: string): void {
    const api = this.#apis.get(apiId);
    if (api === undefined) return;
    this.put({ ...api, [part]: api[part].filter((member) => idOf(part, member) !== id) });
  }
}

export function notFound(kind: string, id: string): AwsError {
  return new AwsError('NotFoundException', `Invalid ${kind} identifier specified ${id}`, 404);
}

function idOf(part: Part, member: object): unknown {
  return new Map(Object.entries(member)).get(identities[part]);
}
