import { join } from 'node:path';
import type { ServiceResult } from './try-services.ts';

/** A result as lines for a person: what came of the service, and the addresses of its APIs. */
export function describeResult({ service: { folder, file }, verdict, apis }: ServiceResult): string {
  const said = verdict.kind === 'deploys' ? verdict.kind : `${verdict.kind}: ${verdict.reason}`;
  const addresses = apis.map(({ logicalId, address }) => `  ${address}  (${logicalId})`);
  return [`${join(folder, file)}  ${said}`, ...addresses].join('\n');
}
