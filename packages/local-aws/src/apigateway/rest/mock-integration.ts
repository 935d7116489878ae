import { configurationError } from './gateway-error.ts';
import type { IntegrationRequest } from './integration-request.ts';
import type { IntegrationAnswer } from './integration-response.ts';

/** `MOCK`: answers with the status that the rendered request template names, JSON or only nearly so. */
export function answerMock({ body }: IntegrationRequest): IntegrationAnswer {
  const status = /["']?statusCode["']?\s*:\s*["']?(\d{3})\b/.exec(body.toString())?.[1];
  if (status === undefined)
    throw configurationError('Unable to parse statusCode. It should be an integer and defined in request template.');
  return { status: Number(status), headers: [], body: '' };
}
