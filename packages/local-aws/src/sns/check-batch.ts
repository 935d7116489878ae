import { AwsError } from '../core/aws-error.ts';

/** @throws AwsError for a number of entries or for ids that PublishBatch refuses */
export function checkBatch(entries: readonly { readonly Id: string }[]): void {
  if (entries.length === 0) {
    throw new AwsError('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  }
  if (entries.length > 10) {
    throw new AwsError('TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible.');
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
  for (const { Id } of entries) {
    if (/^[\w-]{1,80}$/.test(Id)) continue;
    const problem = Id.length > 80 ? 'is too long' : 'contains an impermissible character';
    throw new AwsError('InvalidBatchEntryId', `The Id of a batch entry in the batch request ${problem}: ${Id}`);
  }
}
