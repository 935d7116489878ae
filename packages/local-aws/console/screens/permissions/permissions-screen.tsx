import { useState } from 'preact/hooks';
import type { Permissions, RolePermissions } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Icon } from '../../parts/icon.tsx';
import { LoadedView } from '../../parts/loaded-view.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Empty } from '../../parts/state.tsx';
import { read } from '../../state/api.ts';
import { hrefTo } from '../../state/router.ts';
import { useData } from '../../state/use-data.ts';
import { isNarrow } from '../../state/viewport.ts';
import { RoleDetail } from './role-detail.tsx';

/** What the Serverless Framework adds to the name of a function. */
const generatedEnd = /-[a-z]{2}-[a-z]+-\d-lambdaRole$/;

export function PermissionsScreen({ selected }: { readonly selected: string | undefined }) {
  const loaded = useData('permissions', () => read<Permissions>('/permissions'), 5000);
  return (
    <div class="page page-full resources">
      <LoadedView loaded={loaded}>
        {({ roles, isEnforced }) => {
          const role = roles.find((each) => each.role === selected);
          return (
            <>
              {(selected === undefined || !isNarrow.value) && <RoleList roles={roles} selected={selected} />}
              {(selected !== undefined || !isNarrow.value) && (
                <div class="resource-detail">
                  {!isEnforced && (
                    <p class="notice">
                      The endpoint runs with --no-iam: every role may do everything, and nothing is counted.
                    </p>
                  )}
                  {role === undefined ? (
                    <Empty icon="permissions" title="Choose a role">
                      <p>See what it may do, what it did, what it was denied, and the smallest policy for that.</p>
                    </Empty>
                  ) : (
                    <RoleDetail key={role.role} role={role} />
                  )}
                </div>
              )}
            </>
          );
        }}
      </LoadedView>
    </div>
  );
}

function RoleList({
  roles,
  selected,
}: {
  readonly roles: readonly RolePermissions[];
  readonly selected: string | undefined;
}) {
  const [text, setText] = useState('');
  const shown = roles.filter(({ role }) => role.toLowerCase().includes(text.toLowerCase()));
  return (
    <nav class="resource-list" aria-label="Roles">
      <div class="resource-search">
        <SearchField label="Filter roles" value={text} onChange={setText} />
      </div>
      <ul class="resource-scroll">
        {shown.map(({ role, denied, excess }) => {
          const unused = excess.filter(({ problem }) => problem === 'unused').length;
          return (
            <li key={role}>
              <a
                class="resource-link"
                href={hrefTo(['permissions', role])}
                aria-current={role === selected ? 'page' : undefined}
                title={role}
              >
                <Icon name="role" size={14} />
                <span class="truncate">{role.replace(generatedEnd, '')}</span>
                <span class="spacer" />
                {denied.length > 0 ? (
                  <Badge tone="bad">{denied.length} denied</Badge>
                ) : unused > 0 ? (
                  <span class="card-figure">{unused} unused</span>
                ) : null}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
