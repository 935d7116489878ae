import { useState } from 'preact/hooks';
import type { RolePermissions } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Empty } from '../../parts/state.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { formatCount } from '../../state/format.ts';
import { hrefTo } from '../../state/router.ts';

type TabName = 'granted' | 'denied' | 'policy';

export function RoleDetail({ role }: { readonly role: RolePermissions }) {
  const [tab, setTab] = useState<TabName>('granted');
  const wildcards = new Set(role.excess.filter(({ problem }) => problem === 'wildcard').map(({ text }) => text));
  return (
    <>
      <header class="page-head">
        <a class="back narrow-only" href={hrefTo(['permissions'])} aria-label="Back to the list">
          <Icon name="chevron" />
        </a>
        <Icon name="role" size={18} />
        <h1 class="truncate">{role.role}</h1>
        <span class="spacer" />
        <span class="muted truncate">{role.usedBy.length > 0 && `used by ${role.usedBy.join(', ')}`}</span>
      </header>
      <Tabs
        label="Parts of the role"
        selected={tab}
        onSelect={setTab}
        tabs={[
          { name: 'granted', label: 'Granted', count: role.grants.length },
          { name: 'denied', label: 'Denied', count: role.denied.length },
          { name: 'policy', label: 'Smallest policy' },
        ]}
      >
        {tab === 'granted' && (
          <div class="details-pad grants">
            {role.grants.map((grant, index) => (
              <section key={`${index}-${grant.policy}`} class="grant" aria-label={grant.sid ?? grant.policy}>
                <h3 class="truncate">
                  {grant.sid ?? `Statement ${index + 1}`} <span class="muted">{grant.policy}</span>
                </h3>
                <div class="grant-parts">
                  <Uses title="Actions" entries={grant.actions} wildcards={wildcards} />
                  <Uses title="Resources" entries={grant.resources} wildcards={wildcards} />
                </div>
              </section>
            ))}
            {role.grants.length === 0 && <Empty icon="permissions" title="The role grants nothing" />}
          </div>
        )}
        {tab === 'denied' && <Denied denied={role.denied} />}
        {tab === 'policy' && (
          <div class="details-pad">
            <p class="payload-head">
              <span class="muted">It permits what the role did since the start of the endpoint, and no more.</span>
              <span class="spacer" />
              <CopyButton label="Copy the policy" text={() => JSON.stringify(role.smallestPolicy, null, 2)}>
                Copy
              </CopyButton>
            </p>
            <pre class="text-block">{JSON.stringify(role.smallestPolicy, null, 2)}</pre>
          </div>
        )}
      </Tabs>
    </>
  );
}

type UsesProps = {
  readonly title: string;
  readonly entries: readonly { readonly text: string; readonly uses: number }[];
  readonly wildcards: ReadonlySet<string>;
};

const Uses = ({ title, entries, wildcards }: UsesProps) => (
  <div class="uses">
    <h4>{title}</h4>
    <ul>
      {entries.map(({ text, uses }) => (
        <li key={text} class="use">
          <code class="wrap">{text}</code>
          <span class="spacer" />
          {wildcards.has(text) && <Badge tone="warn">wildcard</Badge>}
          {uses > 0 ? <Badge tone="ok">used {formatCount(uses)}×</Badge> : <Badge>never used</Badge>}
        </li>
      ))}
    </ul>
  </div>
);

function Denied({ denied }: { readonly denied: RolePermissions['denied'] }) {
  if (denied.length === 0) {
    return (
      <Empty icon="permissions" title="Nothing was denied">
        <p>A call that the role may not make appears here, with its action and resource.</p>
      </Empty>
    );
  }
  return (
    <ul class="details-pad">
      {denied.map(({ action, resource, count }) => (
        <li key={`${action} ${resource}`} class="use">
          <Badge tone="bad">denied {formatCount(count)}×</Badge>
          <code>{action}</code>
          <code class="muted wrap">{resource}</code>
        </li>
      ))}
    </ul>
  );
}
