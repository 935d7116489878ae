/** Measurements of the endpoint from inside, for a benchmark that reports them. */
export { accessCheckTimes } from './benchmarks/access-check.ts';
export { hostileInputTimes } from './benchmarks/hostile-input.ts';
