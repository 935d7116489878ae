import type { AwsApi } from './aws-api.ts';
import type { PendingWork } from './pending-work.ts';
import type { ResourceType } from './resource-type.ts';

/** What a service gives to the endpoint. All members are optional. */
export type Service = {
  /** By SigV4 service name. */
  readonly apis?: Readonly<Record<string, AwsApi>>;
  readonly resourceTypes?: readonly ResourceType[];
  /** The policy of a resource of this service, as JSON, when it has one. */
  policyOf?(resourceArn: string): string | undefined;
  /** What the resource of an ARN is encrypted with: the id, ARN or alias of a key, when it names one. */
  encryptionKeyOf?(resourceArn: string): string | undefined;
  /** Work that is not finished. */
  pending?(): readonly PendingWork[];
  /** Drops work that is not finished, for a reset of the endpoint. */
  dropWork?(): void;
  /** Deletes data, for a reset of the endpoint. */
  dropData?(): void | Promise<void>;
  /** Continues what a restart interrupted, once all services are there. */
  resume?(): void;
  close?(): void | Promise<void>;
};

/** The services of an endpoint, each registered after those that it needs. */
export class ServiceRegistry {
  readonly #services: Service[] = [];

  register(service: Service): void {
    this.#services.push(service);
  }

  /** By SigV4 service name. */
  apis(): readonly (readonly [name: string, api: AwsApi])[] {
    return this.#services.flatMap(({ apis = {} }) => Object.entries(apis));
  }

  resourceTypes(): readonly ResourceType[] {
    return this.#services.flatMap(({ resourceTypes = [] }) => resourceTypes);
  }

  /** Asks the services that are registered by then, so that access can be checked by one that was built earlier. */
  policyOf(resourceArn: string): string | undefined {
    for (const service of this.#services) {
      const policy = service.policyOf?.(resourceArn);
      if (policy !== undefined) return policy;
    }
    return undefined;
  }

  encryptionKeyOf(resourceArn: string): string | undefined {
    for (const service of this.#services) {
      const key = service.encryptionKeyOf?.(resourceArn);
      if (key) return key;
    }
    return undefined;
  }

  pending(): readonly PendingWork[] {
    return this.#services.flatMap((service) => service.pending?.() ?? []);
  }

  dropWork(): void {
    for (const service of this.#services) service.dropWork?.();
  }

  async dropData(): Promise<void> {
    for (const service of this.#services) await service.dropData?.();
  }

  resume(): void {
    for (const service of this.#services) service.resume?.();
  }

  /** Closes the services, the last one first. */
  async close(): Promise<void> {
    for (const service of this.#services.toReversed()) await service.close?.();
  }
}
