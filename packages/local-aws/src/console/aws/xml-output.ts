/** A value of an XML answer: texts are not told from numbers, as the XML does not tell either. */
export type XmlValue = string | readonly XmlValue[] | { readonly [name: string]: XmlValue };

type Element = { readonly name: string; readonly children: Element[]; text: string };

const token = /<(\/?)([\w:.-]+)(?:\s[^<>]*?)?(\/?)>|([^<]+)/g;

/**
 * Reads the answer of a Query service or of S3. `member` elements and elements of one name are lists, `entry` elements
 * with a key are an object. Attributes are left out.
 */
export function readXml(xml: string): XmlValue {
  const root: Element = { name: '', children: [], text: '' };
  const open = [root];
  for (const [, closing, name, selfClosing, text] of xml.replace(/^\s*<\?xml[^>]*\?>/, '').matchAll(token)) {
    const current = open.at(-1) ?? root;
    if (text !== undefined) current.text += text;
    else if (closing === '/') open.pop();
    else {
      const child: Element = { name: name ?? '', children: [], text: '' };
      current.children.push(child);
      if (selfClosing !== '/') open.push(child);
    }
  }
  return readValue(root);
}

function readValue({ children, text }: Element): XmlValue {
  if (children.length === 0) return unescapeXml(text.trim());
  if (children.every(({ name }) => name === 'member')) return children.map(readValue);
  const entries = children.map(readEntry);
  if (entries.every((entry) => entry !== undefined)) return Object.fromEntries(entries);
  const members = new Map<string, XmlValue[]>();
  for (const child of children) members.set(child.name, [...(members.get(child.name) ?? []), readValue(child)]);
  return Object.fromEntries(
    [...members].map(([name, values]) => [name, values.length === 1 && values[0] !== undefined ? values[0] : values]),
  );
}

function readEntry({ name, children }: Element): [string, XmlValue] | undefined {
  if (name !== 'entry') return undefined;
  const [key, value] = ['key', 'value'].map((wanted) => children.find((child) => child.name.toLowerCase() === wanted));
  return key === undefined || value === undefined ? undefined : [unescapeXml(key.text.trim()), readValue(value)];
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll(/&#(\d+);/g, (_whole, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll(/&#x([\da-f]+);/gi, (_whole, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replaceAll('&amp;', '&');
}
