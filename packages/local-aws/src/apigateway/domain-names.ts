import * as z from 'zod';
import { accountId } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import { domainResourceTypes } from './domain-resource-types.ts';

const mappingSchema = z.object({
  mappingId: z.string(),
  apiId: z.string(),
  /** Undefined when the first segment after the base path names it, as REST APIs can have it. */
  stage: z.string().optional(),
  /** One or more segments without slashes around them; empty takes what no other mapping does. */
  basePath: z.string(),
});
const domainSchema = z.object({ name: z.string(), mappings: z.array(mappingSchema).readonly() });

export type Mapping = z.infer<typeof mappingSchema>;
export type Domain = z.infer<typeof domainSchema>;

/** Where a request to a custom domain goes. */
export type DomainTarget = {
  readonly apiId: string;
  readonly stage: string | undefined;
  /** What follows the base path, beginning with a slash. */
  readonly path: string;
  readonly basePath: string;
};

/** The stages of a REST or HTTP API; undefined when there is no such API. */
export type StagesOf = (apiId: string) => readonly string[] | undefined;

/** Custom domains of REST and HTTP APIs with their base path mappings. */
export class DomainNames {
  readonly resourceTypes: readonly ResourceType[];
  readonly #kept: Collection<Domain>;
  readonly #stagesOf: StagesOf;
  readonly #domains: Map<string, Domain>;

  constructor({ state, stagesOf }: { readonly state: StateStore; readonly stagesOf: StagesOf }) {
    this.#kept = state.collection('execute-api/domains', domainSchema);
    this.#stagesOf = stagesOf;
    this.#domains = new Map(this.#kept.entries());
    this.resourceTypes = domainResourceTypes(this);
  }

  list(): readonly Domain[] {
    return [...this.#domains.values()];
  }

  /** @param host with or without a port */
  has(host: string): boolean {
    return this.#domains.has(nameOf(host));
  }

  /**
   * The mapping with the most segments that the path begins with.
   *
   * @param path percent-encoding kept, without the query
   * @returns undefined when the host is no custom domain or nothing is mapped there
   */
  resolveDomain(host: string, path: string): DomainTarget | undefined {
    const mappings = this.#domains.get(nameOf(host))?.mappings ?? [];
    const [best] = mappings
      .filter(({ basePath }) => basePath === '' || path === `/${basePath}` || path.startsWith(`/${basePath}/`))
      .sort((a, b) => b.basePath.length - a.basePath.length);
    if (best === undefined) return undefined;
    const { apiId, stage, basePath } = best;
    const rest = basePath === '' ? path : path.slice(basePath.length + 1);
    return { apiId, stage, basePath, path: rest === '' ? '/' : rest };
  }

  /** @throws AwsError when the name is taken */
  add(name: string): void {
    const key = name.toLowerCase();
    if (this.#domains.has(key)) {
      throw new AwsError('ConflictException', 'The domain name you provided already exists.', 409);
    }
    this.#put({ name: key, mappings: [] });
  }

  remove(name: string): void {
    this.#domains.delete(name.toLowerCase());
    this.#kept.delete(name.toLowerCase());
  }

  /** Adds a mapping or replaces the one with its id. @throws AwsError */
  putMapping(name: string, mapping: Mapping): void {
    const domain = this.#domains.get(name.toLowerCase());
    if (domain === undefined) {
      throw new AwsError('NotFoundException', `Invalid domain name identifier specified ${name}`, 404);
    }
    this.#checkTarget(mapping);
    const others = domain.mappings.filter(({ mappingId }) => mappingId !== mapping.mappingId);
    if (others.some(({ basePath }) => basePath === mapping.basePath)) {
      throw new AwsError(
        'ConflictException',
        `Base path already exists for this domain name: ${mapping.basePath}`,
        409,
      );
    }
    this.#put({ ...domain, mappings: [...others, mapping] });
  }

  removeMapping(name: string, mappingId: string): void {
    const domain = this.#domains.get(name.toLowerCase());
    if (domain === undefined) return;
    this.#put({ ...domain, mappings: domain.mappings.filter((mapping) => mapping.mappingId !== mappingId) });
  }

  #checkTarget({ apiId, stage }: Mapping): void {
    const stages = this.#stagesOf(apiId);
    if (stages === undefined) {
      throw new AwsError('NotFoundException', `Invalid API identifier specified ${accountId}:${apiId}`, 404);
    }
    if (stage === undefined || stages.includes(stage)) return;
    throw new AwsError('BadRequestException', 'Invalid stage identifier specified');
  }

  #put(domain: Domain): void {
    this.#domains.set(domain.name, domain);
    this.#kept.put(domain.name, domain);
  }
}

function nameOf(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}
