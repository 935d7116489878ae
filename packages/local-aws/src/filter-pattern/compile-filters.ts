import type { JsonValue } from '../core/json.ts';
import { compileFilterPattern } from './compile-filter-pattern.ts';

/** Compiles the patterns of a `FilterCriteria`: an event passes when any of them fits, or when there are none. */
export function compileFilters(patterns: readonly string[]): (event: JsonValue) => boolean {
  if (patterns.length === 0) return () => true;
  const tests = patterns.map(compileFilterPattern);
  return (event) => tests.some((test) => test(event));
}
