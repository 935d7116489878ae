import { invalidPattern } from './log-filter-error.ts';
import { compileFieldsPattern } from './log-filter-fields.ts';
import { compileJsonPattern, compileSelector, isFieldValue, parseJsonMessage } from './log-filter-json.ts';
import { compileTerms } from './log-filter-terms.ts';
import { compileRegex } from './log-filter-value.ts';

/** A message that a pattern matches. */
export type LogMatch = {
  /** The value of `$.json.selector` or `$field` in the message, as text. */
  value(selector: string): string | undefined;
  /** What TestMetricFilter tells: the fields of a space-delimited pattern, the selectors that a JSON pattern names. */
  readonly extracted: Readonly<Record<string, string>>;
};
export type LogFilter = (message: string) => LogMatch | undefined;

const noValues: LogMatch = { value: () => undefined, extracted: {} };

/**
 * Compiles a CloudWatch Logs filter pattern: terms, `%regex%`, `{ JSON conditions }` or `[space-delimited, fields]`.
 * The empty pattern matches everything.
 *
 * @throws AwsError InvalidParameterException
 */
export function compileLogFilter(pattern: string): (message: string) => boolean {
  const filter = compileLogMatcher(pattern);
  return (message) => filter(message) !== undefined;
}

/** Like `compileLogFilter`, with the values that a metric filter publishes. */
export function compileLogMatcher(pattern: string): LogFilter {
  if (pattern.length > 1024) throw invalidPattern('longer than 1024 characters');
  if ((pattern.match(/%(?:\\.|[^%\\])+%/g) ?? []).length > 2) throw invalidPattern('more than 2 regular expressions');
  if (pattern.startsWith('{')) return jsonFilter(pattern);
  if (pattern.startsWith('[')) return fieldsFilter(pattern);
  const matches = /^%.+%$/s.test(pattern) ? regexFilter(pattern.slice(1, -1)) : compileTerms(pattern);
  return (message) => (matches(message) ? noValues : undefined);
}

/** @throws AwsError when `selector` is neither `$.json.selector` nor `$field` */
export function checkSelector(selector: string): void {
  if (selector.startsWith('$.')) compileSelector(selector);
  else if (!/^\$[\w-]+$/.test(selector)) throw invalidPattern(selector);
}

function regexFilter(source: string): (message: string) => boolean {
  const regex = compileRegex(source);
  return (message) => regex.test(message);
}

function jsonFilter(pattern: string): LogFilter {
  const { matches, selectors } = compileJsonPattern(pattern);
  return (message) => {
    const document = parseJsonMessage(message);
    if (document === undefined || !matches(document)) return undefined;
    const value = (selector: string): string | undefined => {
      const found = selector.startsWith('$.') ? compileSelector(selector)(document) : undefined;
      return isFieldValue(found) ? String(found) : undefined;
    };
    return {
      value,
      get extracted() {
        return Object.fromEntries(
          selectors.flatMap((selector) => {
            const text = value(selector);
            return text === undefined ? [] : [[selector, text]];
          }),
        );
      },
    };
  };
}

function fieldsFilter(pattern: string): LogFilter {
  const fieldsOf = compileFieldsPattern(pattern);
  return (message) => {
    const fields = fieldsOf(message);
    if (fields === undefined) return undefined;
    return {
      value: (selector) => fields.get(selector),
      get extracted() {
        return Object.fromEntries(fields.entries());
      },
    };
  };
}
