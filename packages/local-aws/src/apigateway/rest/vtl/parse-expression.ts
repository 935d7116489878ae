import type { BinaryOperator, Expression, Reference, Step, Template } from './syntax.ts';
import { VtlError } from './value.ts';

const wordOperators: Readonly<Record<string, BinaryOperator>> = {
  or: '||',
  and: '&&',
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
};

/** Binary operators from the loosest to the tightest. */
const precedence: readonly RegExp[] = [
  /\|\||or\b/y,
  /&&|and\b/y,
  /==|!=|eq\b|ne\b/y,
  /<=|>=|<|>|lt\b|le\b|gt\b|ge\b/y,
  /[+-]/y,
  /[*/%]/y,
];

const operators: Readonly<Record<string, BinaryOperator>> = {
  ...wordOperators,
  ...Object.fromEntries(Object.values(wordOperators).map((operator) => [operator, operator])),
  '+': '+',
  '-': '-',
  '*': '*',
  '/': '/',
  '%': '%',
};

/** Far above any real template, far below what would exhaust the stack. */
const maxDepth = 100;

/** Reads references and expressions; the template parser reads what is around them. */
export abstract class ExpressionParser {
  protected readonly source: string;
  protected position = 0;
  #depth: number;

  constructor(source: string, depth: number) {
    this.source = source;
    this.#depth = depth;
  }

  protected get depth(): number {
    return this.#depth;
  }

  /** Runs `parse` one level deeper; hostile nesting fails before it exhausts the stack. */
  protected nested<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > maxDepth) this.fail(`nested more than ${maxDepth} levels deep`);
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  /** Parses the template inside a double-quoted string. */
  protected abstract interpolate(text: string): Template;

  /**
   * A reference at the position, or undefined when the dollar sign is plain text. `$!x` and `${x}` are the same as
   * `$x`: a missing value prints nothing in API Gateway anyway.
   */
  protected reference(): Reference | undefined {
    const start = this.position;
    const opening = this.take(/\$!?\{?(?=[a-zA-Z_])/y);
    if (opening === undefined) return undefined;
    const name = this.take(/[\w-]+/y) ?? '';
    const steps: Step[] = [];
    for (let step = this.#step(); step !== undefined; step = this.#step()) steps.push(step);
    if (opening.endsWith('{') && this.take(/\}/y) === undefined) {
      this.position = start;
      return undefined;
    }
    return { name, steps };
  }

  #step(): Step | undefined {
    const name = this.take(/\.[a-zA-Z_][\w-]*/y)?.slice(1);
    if (name !== undefined) {
      return this.take(/\(/y) === undefined
        ? { kind: 'property', name }
        : { kind: 'method', name, args: this.#list(/\)/y) };
    }
    if (this.take(/\[(?=\s*(?:["'$]|-?\d))/y) === undefined) return undefined;
    const key = this.expression();
    this.space();
    if (this.take(/\]/y) === undefined) this.fail('expected "]"');
    return { kind: 'index', key };
  }

  expression(level = 0): Expression {
    const pattern = precedence[level];
    if (pattern === undefined) return this.#unary();
    let left = this.expression(level + 1);
    for (;;) {
      this.space();
      const operator = operators[this.take(pattern) ?? ''];
      if (operator === undefined) return left;
      left = { kind: 'binary', operator, left, right: this.expression(level + 1) };
    }
  }

  #unary(): Expression {
    return this.nested(() => this.#operand());
  }

  #operand(): Expression {
    this.space();
    if (this.take(/!(?!=)|not\b/y) !== undefined) return { kind: 'not', operand: this.#unary() };
    if (this.take(/-(?=[$(])/y) !== undefined) return { kind: 'negate', operand: this.#unary() };
    return this.#primary();
  }

  #primary(): Expression {
    const number = this.take(/-?\d+(?:\.\d+(?:[eE][+-]?\d+)?)?/y);
    if (number !== undefined) {
      return number.includes('.')
        ? { kind: 'double', value: Number(number) }
        : { kind: 'literal', value: Number(number) };
    }
    const word = this.take(/(?:true|false)\b/y);
    if (word !== undefined) return { kind: 'literal', value: word === 'true' };
    // As in Velocity, a backslash escapes nothing inside a string; a quote is written twice.
    const single = this.take(/'(?:[^']|'')*'/y);
    if (single !== undefined) return { kind: 'literal', value: single.slice(1, -1).replaceAll("''", "'") };
    const double = this.take(/"(?:[^"]|"")*"/y);
    if (double !== undefined) return this.#string(double.slice(1, -1).replaceAll('""', '"'));
    if (this.take(/\(/y) !== undefined) {
      const inner = this.expression();
      this.space();
      if (this.take(/\)/y) === undefined) this.fail('expected ")"');
      return inner;
    }
    if (this.take(/\[/y) !== undefined) return this.#listOrRange();
    if (this.take(/\{/y) !== undefined) return this.#map();
    const reference = this.reference();
    return reference === undefined ? this.fail('expected a value') : { kind: 'reference', reference };
  }

  #string(text: string): Expression {
    return /[$#]/.test(text)
      ? { kind: 'interpolated', template: this.interpolate(text) }
      : { kind: 'literal', value: text };
  }

  #listOrRange(): Expression {
    this.space();
    if (this.take(/\]/y) !== undefined) return { kind: 'list', items: [] };
    const from = this.expression();
    this.space();
    if (this.take(/\.\./y) !== undefined) {
      const to = this.expression();
      this.space();
      if (this.take(/\]/y) === undefined) this.fail('expected "]"');
      return { kind: 'range', from, to };
    }
    if (this.take(/\]/y) !== undefined) return { kind: 'list', items: [from] };
    if (this.take(/,/y) === undefined) this.fail('expected "," or "]"');
    return { kind: 'list', items: [from, ...this.#list(/\]/y)] };
  }

  #list(end: RegExp): Expression[] {
    const items: Expression[] = [];
    for (;;) {
      this.space();
      if (this.take(end) !== undefined) return items;
      items.push(this.expression());
      this.space();
      if (this.take(/,/y) !== undefined) continue;
      if (this.take(end) !== undefined) return items;
      this.fail('expected "," or the end of the list');
    }
  }

  #map(): Expression {
    const entries: [Expression, Expression][] = [];
    for (;;) {
      this.space();
      if (this.take(/\}/y) !== undefined) return { kind: 'map', entries };
      const key = this.expression();
      this.space();
      if (this.take(/:/y) === undefined) this.fail('expected ":"');
      entries.push([key, this.expression()]);
      this.space();
      this.take(/,/y);
    }
  }

  protected open(directive: string): void {
    if (this.take(/[ \t]*\(/y) === undefined) this.fail(`${directive} needs "("`);
    this.space();
  }

  protected space(): void {
    this.take(/\s+/y);
  }

  protected peek(text: string): boolean {
    return this.source.startsWith(text, this.position);
  }

  /** What the sticky `pattern` matches at the position, which moves past it. */
  protected take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.source)?.[0];
    if (match !== undefined) this.position += match.length;
    return match;
  }

  protected fail(problem: string): never {
    const before = this.source.slice(0, this.position).split('\n');
    const found = this.source.slice(this.position, this.position + 12) || 'the end';
    throw new VtlError(
      `${problem} at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}, found ${JSON.stringify(found)}`,
    );
  }
}
