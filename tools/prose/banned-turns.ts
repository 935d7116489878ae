import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TextlintRuleModule } from '@textlint/types';
import { parse } from 'yaml';
import * as z from 'zod';

const turns = z
  .array(z.strictObject({ turn: z.string(), use: z.string() }))
  .parse(parse(readFileSync(join(import.meta.dirname, 'banned-turns.yml'), 'utf8')))
  .map(({ turn, use }) => ({
    // Between two lines of a comment are its marks.
    pattern: new RegExp(`(?<![\\w-])(?:${turn.replaceAll(' ', '[\\s*/#]+')})(?![\\w-])`, 'gi'),
    use,
  }));

/** A rule of textlint: reports the turns of phrase in banned-turns.yml. Code in backquotes is exempt. */
export const bannedTurns: TextlintRuleModule = ({ Syntax, RuleError, report, getSource, locator }) => ({
  [Syntax.Str](node) {
    const text = getSource(node).replaceAll(/`[^`\n]*`/g, (code) => '\0'.repeat(code.length));
    for (const { pattern, use } of turns) {
      for (const { 0: found, index } of text.matchAll(pattern)) {
        const padding = locator.range([index, index + found.length]);
        report(node, new RuleError(`"${found.replaceAll(/[\s*/#]+/g, ' ')}": write ${use}.`, { padding }));
      }
    }
  },
});
