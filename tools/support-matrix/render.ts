import { startEndpoint } from 'local-aws';
import { renderApiTable } from './api-table.ts';
import { renderResourceTables } from './resource-tables.ts';

export type SupportMatrix = { readonly resources: string; readonly actions: string };

/** Asks a running endpoint what it supports. */
export async function renderSupportMatrix(): Promise<SupportMatrix> {
  const endpoint = await startEndpoint({
    port: 0,
    persist: undefined,
    onError: (error) => {
      throw error;
    },
  });
  try {
    return {
      resources: renderResourceTables(endpoint.resourceTypes),
      actions: await renderApiTable(endpoint.url),
    };
  } finally {
    await endpoint.close();
  }
}

/** @throws Error when the document lacks a place for a table */
export function replaceSupportMatrix(document: string, matrix: SupportMatrix): string {
  return Object.entries(matrix).reduce((text, [name, table]) => {
    const place = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(<!-- end: ${name} -->)`);
    if (!place.test(text)) throw new Error(`there is no place for ${name}`);
    return text.replace(place, (_all, begin, end) => `${begin}\n${table}\n${end}`);
  }, document);
}
