import { join } from 'node:path';
import { countTable, dollars, idleTable, millionTable, optionTable } from './cost-tables.ts';
import { type Basis, operationUsage } from './estimate.ts';
import { serviceOf } from './operations.ts';
import { priceOf, sumOf } from './price-list.ts';
import { markdownTable } from './table.ts';
import { addUsage } from './usage.ts';

/** The generated parts of a document. */
export type DocumentParts = { readonly file: string; readonly parts: Readonly<Record<string, string>> };

/** All documents with figures about cost. */
export function costDocuments(basis: Basis): readonly DocumentParts[] {
  const { operations } = basis.record;
  const services = new Set(operations.map(({ name }) => serviceOf(name)));
  return [
    {
      file: join('docs', 'costs.md'),
      parts: {
        basis: renderBasis(basis),
        idle: markdownTable(idleTable(basis)),
        operations: markdownTable(millionTable(operations, basis)),
        counts: markdownTable(countTable(operations)),
        options: markdownTable(optionTable(basis)),
      },
    },
    ...[...services].map((service) => ({
      file: join('services', service, 'README.md'),
      parts: { cost: renderService(service, basis) },
    })),
  ];
}

function renderBasis({ priceList, memoryMb }: Basis): string {
  const { date, region, assumptions } = priceList;
  const { functionMs, callMs, coldStartShare, coldStartMs } = assumptions;
  return wrap(
    `Prices of ${region}, on demand, as of ${date}. A function has ${memoryMb} MB and arm64, and takes ${functionMs} ms and ` +
      `${callMs} ms for each call that it waits for; ${coldStartShare * 100} % of the invocations start cold, with an INIT of ` +
      `${coldStartMs} ms.`,
  );
}

/** One paragraph, since a README has two pages at most. */
function renderService(service: string, basis: Basis): string {
  const prices = basis.record.operations
    .filter(({ name }) => serviceOf(name) === service)
    .map((operation) => {
      const usage = addUsage([operationUsage(operation, basis), 1_000_000]);
      return `${operation.title}: ${dollars(sumOf(priceOf(usage, basis.priceList)))}`;
    });
  return wrap(`A million of each, in $ ([how it is counted](../../docs/costs.md)): ${prices.join('; ')}.`);
}

/** Breaks a paragraph as the documents do, but not within code. */
function wrap(text: string): string {
  const lines: string[] = [''];
  for (const word of text.match(/(?:`[^`]*`|[^\s`])+/g) ?? []) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + word.length >= 140) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return `${lines.join('\n')}\n`;
}
