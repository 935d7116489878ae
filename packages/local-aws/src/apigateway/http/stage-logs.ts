import type { JsonObject } from '../../core/json.ts';
import type { LogSink } from '../../core/log-sink.ts';
import { formatAccessLog, logGroupOf, logStreamOf } from '../access-log.ts';
import { asText, contextVariables, valueAt } from './context-variables.ts';
import type { Exchange, IntegrationAnswer } from './exchange.ts';
import { statusText } from './gateway-error.ts';

/** Writes the line of a request to the access log of its stage, if the stage has one. */
export function writeAccessLog(logs: LogSink, exchange: Exchange, answer: IntegrationAnswer, now: number): void {
  const { apiId, stage, request, startedAt } = exchange;
  if (stage.accessLogSettings === undefined) return;
  const { destinationArn, format } = stage.accessLogSettings;
  const group = logGroupOf(destinationArn);
  if (group === undefined) return;
  const responseLength = Buffer.byteLength(answer.body);
  const context = contextVariables(exchange);
  const variables: JsonObject = {
    ...context,
    ...integrationVariables(exchange),
    ...errorVariables(exchange, context.authorizer),
    status: answer.status,
    responseLength,
    responseLatency: now - startedAt,
    dataProcessed: responseLength + request.body.length,
  };
  const message = formatAccessLog(format, (variable) => asText(valueAt(variables, variable)));
  logs.append(group, logStreamOf(apiId, stage.stageName), [{ timestamp: startedAt, message }]);
}

function integrationVariables({ integration: { status, latency, requestId = '' }, error }: Exchange): JsonObject {
  if (latency === undefined) return {};
  if (status === undefined) {
    const message = error?.message ?? '';
    return { integrationErrorMessage: message, integrationLatency: latency, integration: { error: message, latency } };
  }
  const integration = { status, integrationStatus: status, latency, requestId };
  return { integrationStatus: status, integrationLatency: latency, integration };
}

/** The authorizer's own reason is in `authorizer.error`; the client's message says the status alone. */
function errorVariables({ error }: Exchange, authorizer: JsonObject[string] | undefined): JsonObject {
  if (error === undefined) return {};
  const message = statusText(error.status);
  const isByAuthorizer = ['ACCESS_DENIED', 'AUTHORIZER_FAILURE', 'UNAUTHORIZED'].includes(error.type);
  return {
    error: { message, messageString: JSON.stringify(message), responseType: error.type },
    authorizer: isByAuthorizer ? { error: error.message } : (authorizer ?? {}),
  };
}
