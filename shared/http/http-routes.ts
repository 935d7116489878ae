import httpRouter, { type Method } from '@middy/http-router';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { AppError } from '../errors/app-error.ts';
import { isObject, onlyFor } from '../invalid-event.ts';
import type { Service, Wired } from '../service.ts';
import type { ProxyResponse } from './answer.ts';
import { type HttpFunction, httpHandler } from './http-handler.ts';

export type Route<Dependencies> = {
  readonly method: Method;
  /** As in the template: `/products/{productId}`. */
  readonly path: string;
  readonly handler: Wired<HttpFunction, Dependencies>;
};

/** The Lambda function of several operations of a REST API. */
export type RestFunction = (event: APIGatewayProxyEvent, context: Context) => Promise<ProxyResponse>;

/**
 * One function for several operations, each of them a whole `httpHandler`, so that requests are parsed and errors
 * answered here as everywhere else. API Gateway lets nothing in but the routes of the template; what else a direct
 * invocation may ask for is answered 404.
 */
export function httpRoutes<Dependencies>(
  service: Service<Dependencies>,
  routes: readonly Route<Dependencies>[],
): Wired<RestFunction, Dependencies> {
  const missing = httpHandler(service, {}, async () => {
    throw new AppError('NOT_FOUND', 'There is no such path or method.');
  });
  const route = (select: (handler: Wired<HttpFunction, Dependencies>) => HttpFunction): RestFunction => {
    const dispatch = httpRouter<APIGatewayProxyEvent, ProxyResponse>({
      routes: routes.map((each) => ({ ...each, handler: select(each.handler) })),
      notFoundResponse: () => undefined,
    });
    return onlyFor(expected, isRouted, async (event: APIGatewayProxyEvent, context: Context) => {
      // Matched by the resource, which the gateway has found: `path` begins with the base path of a custom domain.
      const answer: ProxyResponse | undefined = await dispatch({ ...event, path: event.resource }, context);
      return answer ?? missing(event, context);
    });
  };
  return Object.assign(
    route((handler) => handler),
    { with: (dependencies: Dependencies) => route((handler) => handler.with(dependencies)) },
  );
}

const expected = 'a request of a REST API with httpMethod and resource';

function isRouted(event: unknown): boolean {
  return isObject(event) && typeof event.httpMethod === 'string' && typeof event.resource === 'string';
}
