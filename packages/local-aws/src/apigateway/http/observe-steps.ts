import { noObserver, type Observer } from '../../core/observer.ts';
import type { Exchange } from './exchange.ts';
import type { Steps } from './serve-request.ts';

type Observed = Pick<Steps, 'authorize' | 'integrate'>;

/** Makes spans of the two steps of a request that reach out to other services. */
export function observeSteps({ authorize, integrate }: Observed, observer: Observer = noObserver): Observed {
  return {
    authorize: (exchange, authorizers) => {
      const { authorizationType = 'NONE' } = exchange.route;
      if (authorizationType === 'NONE') return authorize(exchange, authorizers);
      return observer.span(
        () => ({ kind: 'authorizer', ...describe(exchange), operation: authorizationType }),
        async (span) => {
          const verdict = await authorize(exchange, authorizers);
          span.report(
            verdict.allowed
              ? { output: JSON.stringify(verdict.identity ?? {}), attributes: { isAuthorized: true } }
              : {
                  status: 'error',
                  error: { type: String(verdict.status), message: verdict.reason },
                  attributes: { isAuthorized: false },
                },
          );
          return verdict;
        },
      );
    },
    integrate: (exchange, integration) =>
      observer.span(
        () => ({
          kind: 'gateway',
          ...describe(exchange),
          operation: exchange.route.routeKey,
          input: exchange.request.body,
          attributes: {
            integrationType: integration.integrationSubtype ?? integration.integrationType,
            uri: integration.integrationUri,
            route: exchange.route.routeKey,
          },
        }),
        async (span) => {
          const result = await integrate(exchange, integration);
          span.report(
            result.kind === 'failed'
              ? { status: 'error', error: { type: `HTTP ${result.status}`, message: result.message } }
              : { output: result.answer.body, attributes: { httpStatus: result.answer.status } },
          );
          return result;
        },
      ),
  };
}

function describe({ apiId, requestId }: Exchange) {
  return { service: 'apigateway', resource: apiId, requestId } as const;
}
