import type { JsonValue } from '../core/json.ts';
import type { FilteringService } from './check-operators.ts';
import { compileFilterPattern } from './compile-filter-pattern.ts';

/**
 * Compiles the patterns of a `FilterCriteria`: an event passes when any of them fits, or when there are none.
 *
 * @param service refuses the operators that this service lacks
 * @throws InvalidFilterPattern
 */
export function compileFilters(patterns: readonly string[], service?: FilteringService): (event: JsonValue) => boolean {
  if (patterns.length === 0) return () => true;
  const tests = patterns.map((pattern) => compileFilterPattern(pattern, service));
  return (event) => tests.some((test) => test(event));
}
