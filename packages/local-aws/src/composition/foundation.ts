import type { Console } from '../console/console.ts';
import type { Clock } from '../core/clock.ts';
import type { CredentialStore } from '../core/credentials.ts';
import type { Observer } from '../core/observer.ts';
import { observerIn } from '../core/regional-observer.ts';
import type { ServiceDoors } from '../core/service-doors.ts';
import { ServiceRegistry } from '../core/service-registry.ts';
import type { StateStore } from '../core/state-store.ts';
import type { Limits } from '../limits/limits.ts';
import { stateOfRegion } from '../state/regional-state.ts';

/** What every service is built on. */
export type Foundation = {
  readonly clock: Clock;
  readonly state: StateStore;
  readonly region: string;
  readonly credentials: CredentialStore;
  readonly doors: ServiceDoors;
  readonly services: ServiceRegistry;
  readonly observer: Observer;
  /** The console, unless it is switched off. */
  readonly watcher: Console | undefined;
  /** The quotas of an account, if the endpoint keeps to them. */
  readonly limits: Limits | undefined;
  /** The endpoint as its clients reach it, such as `http://localhost:4566`. */
  readonly endpointUrl: () => string;
  readonly onError: (error: unknown) => void;
  readonly onNote: (text: string) => void;
};

/** What the services of one region are built on: state and registry are their own, the rest is shared. */
export function foundationOf(region: string, shared: Foundation): Foundation {
  return {
    ...shared,
    region,
    state: stateOfRegion(shared.state, region),
    services: new ServiceRegistry(),
    observer: observerIn(region, shared.observer),
  };
}
