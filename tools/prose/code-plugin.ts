import type { TextlintMessage, TextlintPluginCreator } from '@textlint/types';
import { proseOfScript } from './prose-of-script.ts';
import { proseOfYaml } from './prose-of-yaml.ts';

/** A part of a file that is written for people, by its offsets. */
export type Prose = readonly [start: number, end: number];

const readers: Readonly<Record<string, (text: string) => readonly Prose[]>> = {
  '.ts': proseOfScript,
  '.tsx': proseOfScript,
  '.js': proseOfScript,
  '.mjs': proseOfScript,
  '.cjs': proseOfScript,
  '.yml': proseOfYaml,
};

/** A plugin of textlint: the comments of source files, and the names of tests, are paragraphs. */
export const codePlugin: TextlintPluginCreator = {
  Processor: class {
    availableExtensions() {
      return Object.keys(readers);
    }

    processor(extension: string) {
      const read = readers[extension];
      if (read === undefined) throw new Error(`There is no reader of ${extension} files.`);
      return {
        preProcess: (text: string) => {
          const node = nodesOf(text);
          return node('Document', [0, text.length], {
            children: read(text).map((prose) => {
              const value = text.slice(...prose);
              return node('Paragraph', prose, { children: [node('Str', prose, { value })] });
            }),
          });
        },
        postProcess: (messages: TextlintMessage[], filePath = '') => ({ messages: [...messages], filePath }),
      };
    }
  },
};

function nodesOf(text: string) {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const positionOf = (offset: number) => {
    const line = lineStarts.findLastIndex((start) => start <= offset);
    return { line: line + 1, column: offset - (lineStarts[line] ?? 0) };
  };
  return <Type extends string, More extends object>(type: Type, [start, end]: Prose, more: More) => ({
    ...more,
    type,
    raw: text.slice(start, end),
    range: [start, end] as const,
    loc: { start: positionOf(start), end: positionOf(end) },
  });
}
