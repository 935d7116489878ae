import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { StreamRecord } from 'aws-lambda';
import * as z from 'zod/mini';

/** A stream record has binary values as base64, which no item here has. */
const image = z.custom<Record<string, AttributeValue>>((value) => typeof value === 'object' && value !== null, {
  error: 'is not in the record',
});

/** Reads an image of a stream record, whose attributes become JavaScript's own types. @throws ZodError if it does not fit */
export function readImage<T>(schema: z.ZodMiniType<T>, given: StreamRecord['NewImage']): T {
  return schema.parse(unmarshall(image.parse(given)));
}
