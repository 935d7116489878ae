import { CST, Lexer } from 'yaml';
import type { Prose } from './code-plugin.ts';

/** The comments of a YAML file, comments of consecutive lines as one. */
export function proseOfYaml(text: string): readonly Prose[] {
  const found: [start: number, end: number][] = [];
  let offset = 0;
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    // Such tokens stand for something that has no characters of its own.
    if ([CST.BOM, CST.DOCUMENT, CST.FLOW_END, CST.SCALAR].includes(token)) {
      isScalar = token === CST.SCALAR;
      continue;
    }
    const end = offset + token.length;
    const last = found.at(-1);
    if (!isScalar && token.startsWith('#')) {
      if (last !== undefined && /^\n[ \t]*$/.test(text.slice(last[1], offset))) last[1] = end;
      else found.push([offset, end]);
    }
    isScalar = false;
    offset = end;
  }
  return found;
}
