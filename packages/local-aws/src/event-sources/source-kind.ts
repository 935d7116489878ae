import { parseArn } from '../core/arn.ts';

export type SourceKind = 'queue' | 'stream';

/** What an event source ARN names, or undefined for a source that is not supported. */
export function sourceKind(eventSourceArn: string): SourceKind | undefined {
  const { service, resource } = parseArn(eventSourceArn) ?? {};
  if (service === 'sqs') return 'queue';
  return service === 'dynamodb' && /^table\/[^/]+\/stream\/.+$/.test(resource ?? '') ? 'stream' : undefined;
}

/** Whether an ARN names the stream of one of these tables, or of any table by default. */
export function isStreamOf(eventSourceArn: string, tableNames?: readonly string[]): boolean {
  if (sourceKind(eventSourceArn) !== 'stream') return false;
  return tableNames === undefined || tableNames.includes(sourceName(eventSourceArn));
}

/** The name of the queue or table. */
export function sourceName(eventSourceArn: string): string {
  const resource = parseArn(eventSourceArn)?.resource ?? eventSourceArn;
  return resource.startsWith('table/') ? (resource.split('/')[1] ?? resource) : resource;
}
