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
