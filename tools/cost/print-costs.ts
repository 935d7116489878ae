import { idleTable, loadTable, millionTable, optionTable } from './cost-tables.ts';
import type { Basis } from './estimate.ts';
import { textTable } from './table.ts';

function heading({ priceList: { region, date }, memoryMb }: Basis): string {
  return `US dollars, ${region}, prices of ${date}, functions of ${memoryMb} MB`;
}

/** Everything that is not about a load of the reader's. */
export function renderAll(basis: Basis): string {
  const { operations } = basis.record;
  return [
    heading(basis),
    textTable(millionTable(operations, basis)),
    textTable(idleTable(basis)),
    textTable(optionTable(basis)),
    `Names for --load: ${operations.map(({ name }) => name).join(', ')}`,
  ].join('\n\n');
}

export function renderMonth(...[load, chosen, basis, isFreeTierTaken]: Parameters<typeof loadTable>): string {
  return `${heading(basis)}\n\n${textTable(loadTable(load, chosen, basis, isFreeTierTaken))}`;
}
