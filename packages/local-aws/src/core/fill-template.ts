import { AwsError } from './aws-error.ts';

/** What a function takes at most; a large value may stand in a template many times. */
const maxLength = 6 * 1024 * 1024;

/**
 * Replaces the placeholders of a JSON template. `fill` gives the text for a name; `isQuoted` says whether the placeholder
 * stands within a string.
 *
 * @param placeholder global, with the name as its first group
 * @throws AwsError ValidationException when it becomes too long
 */
export function fillTemplate(
  template: string,
  placeholder: RegExp,
  fill: (name: string, isQuoted: boolean) => string,
): string {
  let isQuoted = false;
  let text = '';
  let from = 0;
  for (const match of template.matchAll(placeholder)) {
    const literal = template.slice(from, match.index);
    isQuoted = endsQuoted(literal, isQuoted);
    text += literal + fill(match[1] ?? '', isQuoted);
    if (text.length > maxLength) throw new AwsError('ValidationException', 'The filled template is longer than 6 MB.');
    from = match.index + match[0].length;
  }
  return text + template.slice(from);
}

/** Whether a JSON text is within a string after `literal`. */
function endsQuoted(literal: string, isQuoted: boolean): boolean {
  const quotes = literal.replaceAll(/\\./gs, '').split('"').length - 1;
  return quotes % 2 === 0 ? isQuoted : !isQuoted;
}
