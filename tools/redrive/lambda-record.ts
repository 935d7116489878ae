import type { AttributeValue, _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord, AttributeValue as EventAttributeValue } from 'aws-lambda';

type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;

/** A record of a table's stream as Lambda puts it into an event: bytes as base64, time in seconds, who deleted in small letters. */
export function lambdaRecord(
  { eventID, eventName, eventVersion, eventSource, awsRegion, dynamodb = {}, userIdentity }: StreamRecord,
  streamArn: string,
): DynamoDBRecord {
  const { ApproximateCreationDateTime, Keys, NewImage, OldImage, SequenceNumber, SizeBytes, StreamViewType } = dynamodb;
  return {
    ...(eventID !== undefined && { eventID }),
    ...(eventName !== undefined && { eventName }),
    ...(eventVersion !== undefined && { eventVersion }),
    ...(eventSource !== undefined && { eventSource }),
    ...(awsRegion !== undefined && { awsRegion }),
    dynamodb: {
      ...(ApproximateCreationDateTime && {
        ApproximateCreationDateTime: Math.floor(ApproximateCreationDateTime.getTime() / 1000),
      }),
      ...(Keys && { Keys: image(Keys) }),
      ...(NewImage && { NewImage: image(NewImage) }),
      ...(OldImage && { OldImage: image(OldImage) }),
      ...(SequenceNumber !== undefined && { SequenceNumber }),
      ...(SizeBytes !== undefined && { SizeBytes }),
      ...(StreamViewType && { StreamViewType }),
    },
    ...(userIdentity && { userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId } }),
    eventSourceARN: streamArn,
  };
}

function image(attributes: Record<string, AttributeValue>): Image {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, attribute(value)]));
}

function attribute({ B, BS, L, M, ...plain }: AttributeValue): EventAttributeValue {
  if (B !== undefined) return { B: base64(B) };
  if (BS !== undefined) return { BS: BS.map(base64) };
  if (L !== undefined) return { L: L.map(attribute) };
  if (M !== undefined) return { M: image(M) };
  const { BOOL, N, NS, NULL, S, SS } = plain;
  if (BOOL !== undefined) return { BOOL };
  if (N !== undefined) return { N };
  if (NS !== undefined) return { NS };
  if (NULL !== undefined) return { NULL };
  return S !== undefined ? { S } : { SS: SS ?? [] };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
