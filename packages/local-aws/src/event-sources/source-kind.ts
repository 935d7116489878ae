import { parseArn } from '../core/arn.ts';

export type SourceKind = 'queue' | 'stream';

/** What an event source ARN names, or undefined for a source that is not supported. */
export function sourceKind(eventSourceArn: string): SourceKind | undefined {
  const { service, resource } = parseArn(eventSourceArn) ?? {};
  if (service === 'sqs') return 'queue';
  return service === 'dynamodb' && /^table\/[^/]+\/stream\/.+$/.test(resource ?? '') ? 'stream' : undefined;
}
