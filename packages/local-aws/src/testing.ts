/** What tests against an endpoint need besides the endpoint itself: `import { useEndpoint } from 'local-aws/testing'`. */

export type { FaultInput } from './console/api-types.ts';
export { ShiftableClock } from './core/shiftable-clock.ts';
export type { StackSource } from './testing/stack-source.ts';
export {
  type StartedTestEndpoint,
  startTestEndpoint,
  type TestEndpoint,
  type TestEndpointOptions,
} from './testing/test-endpoint.ts';
export type { TestHooks } from './testing/test-hooks.ts';
export type { Answer, TestTrace } from './testing/trace.ts';
export { until } from './testing/until.ts';
export { type UseEndpointOptions, useEndpoint } from './testing/use-endpoint.ts';
