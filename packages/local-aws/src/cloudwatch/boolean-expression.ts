import type { TextScanner } from './text-scanner.ts';

export type Predicate<T> = (subject: T) => boolean;

type Syntax<T> = {
  /** Sticky patterns of the operators. */
  readonly and: RegExp;
  readonly or: RegExp;
  readonly not?: RegExp;
  readonly operand: (scanner: TextScanner) => Predicate<T>;
};

/** Operands joined by AND and OR, AND binding tighter, with parentheses: `a && (b || c)`. */
export function parseBooleanExpression<T>(scanner: TextScanner, syntax: Syntax<T>): Predicate<T> {
  return parseOr();

  function parseOr(): Predicate<T> {
    const alternatives = separated(syntax.or, parseAnd);
    return alternatives.length === 1 && alternatives[0] !== undefined
      ? alternatives[0]
      : (subject) => alternatives.some((alternative) => alternative(subject));
  }

  function parseAnd(): Predicate<T> {
    const conditions = separated(syntax.and, parseOperand);
    return conditions.length === 1 && conditions[0] !== undefined
      ? conditions[0]
      : (subject) => conditions.every((condition) => condition(subject));
  }

  function parseOperand(): Predicate<T> {
    return scanner.nested(() => {
      if (syntax.not !== undefined && scanner.take(syntax.not) !== undefined) {
        const negated = parseOperand();
        return (subject) => !negated(subject);
      }
      if (scanner.take(/\(/y) === undefined) return syntax.operand(scanner);
      const inner = parseOr();
      scanner.expect(/\)/y, ')');
      return inner;
    });
  }

  function separated(separator: RegExp, parse: () => Predicate<T>): Predicate<T>[] {
    const parts = [parse()];
    while (scanner.take(separator) !== undefined) parts.push(parse());
    return parts;
  }
}
