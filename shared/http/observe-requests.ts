import type { MiddlewareObj } from '@middy/core';
import type { Service } from '../service.ts';
import type { ProxyResponse } from './answer.ts';
import { requestIdsOf } from './correlation-id.ts';
import type { LambdaHttpEvent } from './lambda-event.ts';

/**
 * Puts the ids of a request on all its log lines, writes one line about its answer and publishes its metrics. Of the
 * request itself only the route is logged: bodies, paths, parameters and callers are personal data as often as not.
 */
export function observeRequests({ logger, metrics }: Service<unknown>): MiddlewareObj<LambdaHttpEvent, ProxyResponse> {
  let startedAt = 0;
  const finish = ({
    event,
    response,
  }: {
    event: LambdaHttpEvent;
    response: ProxyResponse | null | undefined;
  }): void => {
    const duration = Math.round((performance.now() - startedAt) * 10) / 10;
    // Invoked by hand, it may have none.
    const route = event.routeKey ?? [event.httpMethod, event.resource].filter((part) => part !== undefined).join(' ');
    logger.info('Request answered', { route, status: response?.statusCode, duration_ms: duration });
    logger.resetKeys();
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return {
    before: ({ event, context }) => {
      startedAt = performance.now();
      logger.addContext(context);
      const { requestId, correlationId } = requestIdsOf(event, context.awsRequestId);
      logger.appendKeys({ request_id: requestId, correlation_id: correlationId });
    },
    after: finish,
    onError: finish,
  };
}
