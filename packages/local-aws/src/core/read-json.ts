import { AwsError } from './aws-error.ts';
import { isJsonObject, type JsonObject } from './json.ts';

/** AWS's own readers refuse values nested deeper than about this; it is far from exhausting the stack. */
const maxDepth = 500;
/** Parsing takes time by the number of values, not by the length of strings: this many bytes take about 20 ms. */
const maxBytesOutsideStrings = 1_000_000;

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = Buffer.from('"\\{}[]');

/** The JSON object in the body of a request; an empty body is an empty object. @throws AwsError SerializationException */
export function readJsonObject(body: Buffer): JsonObject {
  checkJson(body);
  const input = tryReadJsonObject(body);
  if (input !== undefined) return input;
  throw new AwsError('SerializationException', 'The request body is not a JSON object.');
}

/** For a body that is passed on as it is. @throws AwsError SerializationException when it is too deep or has too many values */
export function checkJson(body: Buffer): void {
  const fault = faultOf(body);
  if (fault !== undefined) throw new AwsError('SerializationException', fault);
}

/** Like `readJsonObject`; undefined in place of an error. */
export function tryReadJsonObject(body: Buffer): JsonObject | undefined {
  if (body.length === 0) return {};
  if (faultOf(body) !== undefined) return undefined;
  try {
    const input: unknown = JSON.parse(body.toString());
    return isJsonObject(input) ? input : undefined;
  } catch {
    return undefined;
  }
}

/** The object in an answer of a part of the endpoint; empty when there is none. */
export function answeredObject(body: string | Buffer): JsonObject {
  const answer: unknown = body.length === 0 ? {} : JSON.parse(body.toString());
  return isJsonObject(answer) ? answer : {};
}

/** Why a body is not parsed: recursive code can go through what passes, and parsing it does not hold the event loop. */
function faultOf(json: Buffer): string | undefined {
  let depth = 0;
  let outside = 0;
  for (let at = 0; at < json.length; at++) {
    outside += 1;
    const byte = json[at];
    if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) depth -= 1;
    else if (byte === quote) at = endOfString(json, at + 1);
    if (depth > maxDepth) return `The request body is JSON of more than ${maxDepth} levels.`;
    if (outside > maxBytesOutsideStrings)
      return `The request body has more than ${maxBytesOutsideStrings.toLocaleString('en')} bytes of JSON outside of strings, which this endpoint does not read.`;
  }
  return undefined;
}

/** Strings up to this length are read byte by byte, which is faster than a search for the quote. */
const shortString = 64;

/** The closing quote of the string whose content begins at `from`. */
function endOfString(json: Buffer, from: number): number {
  let at = from;
  while (at < from + shortString && at < json.length) {
    if (json[at] === quote) return at;
    at += json[at] === backslash ? 2 : 1;
  }
  for (;;) {
    const end = json.indexOf(quote ?? 0, at);
    if (end < 0) return json.length;
    let firstBackslash = end;
    while (firstBackslash > at && json[firstBackslash - 1] === backslash) firstBackslash -= 1;
    // A quote after an odd number of backslashes is escaped.
    if ((end - firstBackslash) % 2 === 0) return end;
    at = end + 1;
  }
}
