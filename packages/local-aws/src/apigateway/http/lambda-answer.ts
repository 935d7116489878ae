import * as z from 'zod';
import { parseJson } from '../../core/parse-json.ts';
import type { IntegrationAnswer } from './exchange.ts';

const statusCode = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{3}$/)
    .transform(Number),
]);
const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const headers = z.record(z.string(), headerValue).nullish();

const common = {
  statusCode: statusCode.refine((status) => status >= 200 && status <= 599),
  headers,
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
};
const answerV2 = z.looseObject({ ...common, cookies: z.array(z.string()).nullish() });
const answerV1 = z.looseObject({ ...common, multiValueHeaders: z.record(z.string(), z.array(headerValue)).nullish() });

/** What API Gateway gives to a body whose function names a status but no content type. */
const defaultContentType = 'text/plain;charset=UTF-8';

/**
 * Reads a function's answer in payload format 2.0. Without `statusCode` the whole answer is the body of a 200.
 *
 * @param contentType of a body whose function names a status but no content type
 * @returns undefined when it is malformed, which the client sees as a 500
 */
export function readAnswerV2(payload: Buffer, contentType = defaultContentType): IntegrationAnswer | undefined {
  const value = parseJson(payload.toString('utf8'));
  const isWhole = typeof value === 'object' && value !== null && 'statusCode' in value;
  if (!isWhole) {
    // A text loses its quotes; other values go out as the JSON that the function returned.
    const body = typeof value === 'string' ? value : payload;
    return { status: 200, headers: [['content-type', 'application/json']], body };
  }
  const parsed = answerV2.safeParse(value);
  if (!parsed.success) return undefined;
  const cookies = (parsed.data.cookies ?? []).map((cookie) => ['set-cookie', cookie] as const);
  return answer(parsed.data, [...Object.entries(parsed.data.headers ?? {}), ...cookies], contentType);
}

/** Reads a function's answer in payload format 1.0, which must be whole. */
export function readAnswerV1(payload: Buffer): IntegrationAnswer | undefined {
  const parsed = answerV1.safeParse(parseJson(payload.toString('utf8')));
  if (!parsed.success) return undefined;
  const multi = Object.entries(parsed.data.multiValueHeaders ?? {});
  const named = new Set(multi.map(([name]) => name.toLowerCase()));
  const single = Object.entries(parsed.data.headers ?? {}).filter(([name]) => !named.has(name.toLowerCase()));
  return answer(parsed.data, [
    ...single,
    ...multi.flatMap(([name, values]) => values.map((value) => [name, value] as const)),
  ]);
}

function answer(
  { statusCode: status, body, isBase64Encoded }: z.infer<typeof answerV2> | z.infer<typeof answerV1>,
  pairs: readonly (readonly [string, string])[],
  contentType = defaultContentType,
): IntegrationAnswer {
  const lowered = pairs.map(([name, value]) => [name.toLowerCase(), value] as const);
  const hasType = lowered.some(([name]) => name === 'content-type');
  return {
    status,
    headers: hasType ? lowered : [...lowered, ['content-type', contentType]],
    body: isBase64Encoded === true ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  };
}
