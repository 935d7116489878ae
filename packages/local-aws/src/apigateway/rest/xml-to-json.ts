import type { JsonObject, JsonValue } from '../../core/json.ts';

/**
 * The XML of a Query answer as the JSON that AWS renders of it: an element is an object or text, `member` elements are
 * a list, attributes are left out.
 */
export function xmlToJson(xml: string): JsonObject {
  const { value } = readContent(xml.replace(/^\s*<\?xml[^>]*\?>/, ''), 0);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

const tag = /<(\/?)([\w:.-]+)(?:\s[^<>]*?)?(\/?)>/g;

function readContent(xml: string, start: number): { value: JsonValue; end: number } {
  const object: JsonObject = {};
  const members: JsonValue[] = [];
  let position = start;
  let isLeaf = true;
  for (;;) {
    tag.lastIndex = position;
    const match = tag.exec(xml);
    if (match === null || match[1] === '/') {
      const text = xml.slice(start, match?.index ?? xml.length);
      const end = match === null ? xml.length : match.index + match[0].length;
      if (isLeaf) return { value: unescapeXml(text), end };
      return { value: members.length > 0 ? members : object, end };
    }
    isLeaf = false;
    const [opening, , name = '', selfClosing] = match;
    const inner = match.index + opening.length;
    const child = selfClosing === '/' ? { value: '', end: inner } : readContent(xml, inner);
    if (name === 'member') members.push(child.value);
    else object[name] = child.value;
    position = child.end;
  }
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll(/&#(\d+);/g, (_whole, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&amp;', '&');
}
