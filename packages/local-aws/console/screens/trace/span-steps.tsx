import type { SpanAttributes } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { JsonView, parsedText } from '../../parts/json-view.tsx';
import { Payload } from '../../parts/payload.tsx';

/** What mapping templates made, and which filters matched. */
export function SpanSteps({ attributes: { steps = [], filters = [] } }: { readonly attributes: SpanAttributes }) {
  return (
    <>
      {steps.map(({ name, text }) => (
        <Payload key={name} title={name} value={text} />
      ))}
      {filters.length > 0 && (
        <section class="payload">
          <header class="payload-head">
            <h3>Filters</h3>
          </header>
          <ul class="filter-list">
            {filters.map(({ pattern, isMatched }) => (
              <li key={pattern}>
                <Badge tone={isMatched ? 'ok' : 'neutral'}>{isMatched ? 'matched' : 'did not match'}</Badge>
                <JsonView value={parsedText(pattern)} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
