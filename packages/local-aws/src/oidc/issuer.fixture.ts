import { UserPools } from '../cognito/user-pools.ts';
import type { Clock } from '../core/clock.ts';
import { noStateStore, type StateStore } from '../core/state-store.ts';
import { OidcIssuer } from './issuer.ts';
import { oidcPages, userPoolPage } from './pages.ts';

/** The local issuer with its pages and user pools, wired as the endpoint does it. */
export function issuerWithPages({
  clock,
  url,
  state = noStateStore,
  onNote = () => {},
}: {
  readonly clock: Clock;
  readonly url: () => string;
  readonly state?: StateStore;
  readonly onNote?: (text: string) => void;
}) {
  const issuer = new OidcIssuer({ clock, state });
  const userPools = new UserPools({ state, issuer, onNote });
  const ports = { issuer, userPools, url };
  return { userPools, pages: oidcPages(ports), findPage: (path: string) => userPoolPage(path, ports) };
}
