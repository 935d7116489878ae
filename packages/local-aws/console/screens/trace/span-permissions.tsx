import type { IamDecision } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { Empty } from '../../parts/state.tsx';

/** The decisions of IAM that the span needed, with the statement that allowed or denied each. */
export function SpanPermissions({ decisions }: { readonly decisions: readonly IamDecision[] }) {
  if (decisions.length === 0) {
    return (
      <Empty icon="permissions" title="IAM decided nothing here">
        <p>The span needs no permission, or the endpoint runs with --no-iam.</p>
      </Empty>
    );
  }
  return (
    <ul class="details-pad decisions">
      {decisions.map(({ action, resource, principal, isAllowed, deniedBy, statement }, index) => (
        <li key={`${index}-${action}`} class="decision">
          <p class="decision-head">
            <Badge tone={isAllowed ? 'ok' : 'bad'}>{isAllowed ? 'allowed' : 'denied'}</Badge>
            <code>{action}</code>
          </p>
          <dl class="facts">
            <div class="fact">
              <dt>Resource</dt>
              <dd class="mono wrap">{resource}</dd>
            </div>
            <div class="fact">
              <dt>Principal</dt>
              <dd class="mono wrap">{principal}</dd>
            </div>
            {deniedBy !== undefined && (
              <div class="fact">
                <dt>Denied by</dt>
                <dd>{deniedBy}</dd>
              </div>
            )}
          </dl>
          {statement === undefined ? (
            <p class="muted">No statement applies, and what no statement allows is denied.</p>
          ) : (
            <JsonView value={statement} />
          )}
        </li>
      ))}
    </ul>
  );
}
