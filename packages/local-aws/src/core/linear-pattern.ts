import { RE2JS } from 're2js';

/** A pattern that cannot be compiled, or a match that would take too long. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

const maxSourceLength = 4096;
const maxProgramSize = 1000;
/** Instructions times characters; the slowest patterns take about 100 ns for each. */
const maxSteps = 8_000_000;
/** CPU time for all matches of one pattern in one text: the search for the next may read the same text again. */
const maxSearchMicroseconds = 200_000;
const matchesBetweenChecks = 16;

/**
 * A regular expression that a user wrote. RE2 matches in time linear in the text, where `RegExp` may backtrack for
 * hours. It has no backreferences and no lookaround.
 */
export class LinearPattern {
  readonly #source: string;
  readonly #pattern: RE2JS;
  readonly #size: number;

  private constructor(source: string) {
    this.#source = source;
    this.#pattern = RE2JS.compile(source);
    this.#size = this.#pattern.programSize();
  }

  /**
   * Compiles RE2 syntax; the last 1,000 patterns are kept.
   * @param written the pattern as the user wrote it, for messages
   * @throws PatternError
   */
  static compile(source: string, written = source): LinearPattern {
    const known = compiled.get(source);
    if (known !== undefined) return known;
    const pattern = compileWithin(source, written);
    if (compiled.size >= 1000) compiled.clear();
    compiled.set(source, pattern);
    return pattern;
  }

  /** Compiles a pattern in the syntax of `RegExp`, as JSON Schema has it. @throws PatternError */
  static compileScript(pattern: string): LinearPattern {
    checkSource(pattern);
    return LinearPattern.compile(RE2JS.translateRegExp(pattern), pattern);
  }

  /** @internal */
  static create(source: string): LinearPattern {
    return new LinearPattern(source);
  }

  /** Ajv identifies the patterns of a schema by their text. */
  toString(): string {
    return this.#source;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether the pattern matches somewhere in the text. @throws PatternError */
  test(text: string): boolean {
    this.#checkLength(text);
    return this.#pattern.test(text);
  }

  /** Whether the pattern matches the whole text. @throws PatternError */
  matchesWhole(text: string): boolean {
    this.#checkLength(text);
    return this.#pattern.testExact(text);
  }

  /** All matches from left to right. @throws PatternError */
  *matchAll(text: string): Generator<RegExpMatchArray> {
    this.#checkLength(text);
    const began = process.cpuUsage();
    let count = 0;
    for (const match of this.#pattern.matchAll(text)) {
      yield match;
      count += 1;
      if (count % matchesBetweenChecks !== 0) continue;
      if (process.cpuUsage(began).user > maxSearchMicroseconds) {
        throw new PatternError(`the pattern ${this.#pattern} takes too long on this text`);
      }
    }
  }

  /** Whether the text is short enough for the complexity of the pattern; matching a longer one throws. */
  isWithinLimit(text: string): boolean {
    return text.length * this.#size <= maxSteps;
  }

  #checkLength(text: string): void {
    if (!this.isWithinLimit(text)) {
      throw new PatternError(
        `the pattern ${this.#pattern} is too complex for a text of ${text.length} characters in the local endpoint`,
      );
    }
  }
}

const compiled = new Map<string, LinearPattern>();

const unsupported: readonly (readonly [RegExp, string])[] = [
  [/\(\?<?[=!]/, 'lookaround'],
  [/\(\?>/, 'an atomic group'],
  [/\\[1-9]|\\k[<{]/, 'a backreference'],
];

/** @throws PatternError for a pattern that is longer than any real one */
export function checkSource(source: string): void {
  if (source.length <= maxSourceLength) return;
  throw new PatternError(`a pattern of more than ${maxSourceLength} characters is not supported by the local endpoint`);
}

function compileWithin(source: string, written: string): LinearPattern {
  checkSource(written);
  let pattern: LinearPattern;
  try {
    pattern = LinearPattern.create(source);
  } catch (error) {
    // `\\` is an escaped backslash, not the start of `\1`.
    const bare = written.replaceAll('\\\\', '');
    const construct = unsupported.find(([sign]) => sign.test(bare))?.[1];
    throw new PatternError(
      construct === undefined
        ? `the pattern ${written} is not a regular expression: ${error instanceof Error ? error.message : String(error)}`
        : `the pattern ${written} uses ${construct}, which the local endpoint does not support`,
    );
  }
  if (pattern.size > maxProgramSize) {
    throw new PatternError(`the pattern ${written} is too complex for the local endpoint`);
  }
  return pattern;
}
