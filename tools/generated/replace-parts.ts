/**
 * Puts generated text into its places in a document, each between `<!-- generated: name -->` and `<!-- end: name -->`.
 * @throws Error when the document lacks a place
 */
export function replaceParts(document: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const place = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(<!-- end: ${name} -->)`);
    if (!place.test(text)) throw new Error(`there is no place for ${name}`);
    return text.replace(place, (_all, begin, end) => `${begin}\n${part}\n${end}`);
  }, document);
}
