import { isJsonObject, type JsonObject } from './json.ts';

/** AWS's own readers refuse values nested deeper than about this; it is far from exhausting the stack. */
const maxDepth = 500;

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = Buffer.from('"\\{}[]');

/** The JSON object in a body; undefined when it is none, or nested deeper than any input of AWS. */
export function readJsonObject(body: Buffer): JsonObject | undefined {
  if (body.length === 0) return {};
  if (isTooDeep(body)) return undefined;
  try {
    const input: unknown = JSON.parse(body.toString());
    return isJsonObject(input) ? input : undefined;
  } catch {
    return undefined;
  }
}

/** Counts brackets outside strings: what it lets through, recursive code can go through. */
function isTooDeep(json: Buffer): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === openBrace || byte === openBracket) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (byte === closeBrace || byte === closeBracket) depth -= 1;
    else if (byte === quote) at = endOfString(json, at + 1);
  }
  return false;
}

/** Strings up to this length are read byte by byte, which is faster than a search for the quote. */
const shortString = 64;

/** The closing quote of the string whose content begins at `from`. */
function endOfString(json: Buffer, from: number): number {
  let searchFrom = from + shortString;
  for (let at = from; at < json.length; at++) {
    if (json[at] === quote) return at;
    if (json[at] === backslash) at += 1;
    else if (at >= searchFrom) {
      const next = nextSpecial(json, at);
      searchFrom = next + shortString;
      at = next - 1;
    }
  }
  return json.length;
}

function nextSpecial(json: Buffer, from: number): number {
  const end = json.indexOf('"', from);
  const escaped = json.subarray(from, end < 0 ? undefined : end).indexOf('\\');
  return escaped >= 0 ? from + escaped : end < 0 ? json.length : end;
}
