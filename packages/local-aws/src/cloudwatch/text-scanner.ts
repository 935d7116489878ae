/** Reads a small language from left to right. `fail` makes the error for text that does not fit. */
export class TextScanner {
  readonly text: string;
  readonly #fail: (message: string) => Error;
  #position = 0;
  #depth = 0;

  constructor(text: string, fail: (message: string) => Error) {
    this.text = text;
    this.#fail = fail;
  }

  /** What `pattern` (sticky) matches after white space, or undefined without moving on. */
  take(pattern: RegExp): string | undefined {
    this.#position = this.#end(/\s*/y) ?? this.#position;
    const end = this.#end(pattern);
    if (end === undefined) return undefined;
    const taken = this.text.slice(this.#position, end);
    this.#position = end;
    return taken;
  }

  expect(pattern: RegExp, what: string): string {
    const taken = this.take(pattern);
    if (taken === undefined) throw this.error(`expected ${what}`);
    return taken;
  }

  expectEnd(): void {
    this.take(/\s*/y);
    if (this.#position < this.text.length) throw this.error('unexpected text');
  }

  /** Runs `parse` one level deeper; hostile nesting fails before it exhausts the stack. */
  nested<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > 100) throw this.error('nested too deeply');
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  error(message: string): Error {
    return this.#fail(`${message} at position ${this.#position + 1}`);
  }

  #end(pattern: RegExp): number | undefined {
    pattern.lastIndex = this.#position;
    return pattern.test(this.text) ? pattern.lastIndex : undefined;
  }
}
