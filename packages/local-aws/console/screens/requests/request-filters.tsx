import { Button } from '../../parts/button.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { route, setQuery } from '../../state/router.ts';
import { topology } from '../../state/system.ts';

const durations = [
  ['', 'any duration'],
  ['10', '10 ms or more'],
  ['100', '100 ms or more'],
  ['1000', '1 s or more'],
] as const;

/** The filters are in the address, so that a link shows the same list. */
export function RequestFilters() {
  const { query } = route.value;
  const resource = query.get('resource');
  return (
    <search class="filters" aria-label="Filter requests">
      <SearchField
        label="Text in requests, payloads and errors"
        value={query.get('q') ?? ''}
        onChange={(q) => setQuery({ q })}
      />
      <select
        class="input"
        aria-label="Service"
        value={query.get('stack') ?? ''}
        onChange={({ currentTarget }) => setQuery({ stack: currentTarget.value })}
      >
        <option value="">all services</option>
        {topology.value?.stacks.map(({ name, service }) => (
          <option key={name} value={name}>
            {service || name}
          </option>
        ))}
      </select>
      <select
        class="input"
        aria-label="Status"
        value={query.get('status') ?? ''}
        onChange={({ currentTarget }) => setQuery({ status: currentTarget.value })}
      >
        <option value="">any status</option>
        <option value="ok">ok</option>
        <option value="error">error</option>
        <option value="running">running</option>
      </select>
      <select
        class="input"
        aria-label="Duration"
        value={query.get('min') ?? ''}
        onChange={({ currentTarget }) => setQuery({ min: currentTarget.value })}
      >
        {durations.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      {resource !== null && (
        <span class="chip">
          <span class="truncate">{resource}</span>
          <Button icon="close" look="quiet" label="All resources" onClick={() => setQuery({ resource: undefined })} />
        </span>
      )}
    </search>
  );
}
