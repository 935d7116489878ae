/** What tests against an endpoint need besides the endpoint itself: `import { until } from 'local-aws/testing'`. */
export { ShiftableClock } from './testing/shiftable-clock.ts';
export { until } from './testing/until.ts';
