import { noObserver, type Observer } from '../../core/observer.ts';
import type { Exchange } from './exchange.ts';
import type { Steps } from './frontend.ts';

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
          const identity = await authorize(exchange, authorizers);
          span.report({ output: JSON.stringify(identity ?? {}) });
          return identity;
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
          const answer = await integrate(exchange, integration);
          span.report({ output: answer.body, attributes: { httpStatus: answer.status } });
          return answer;
        },
      ),
  };
}

function describe({ apiId, requestId }: Exchange) {
  return { service: 'apigateway', resource: apiId, requestId } as const;
}
