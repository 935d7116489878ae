import { parseJson } from '../../core/parse-json.ts';
import { asText, contextVariables, valueAt } from './context-variables.ts';
import type { Exchange, IntegrationAnswer } from './exchange.ts';
import { headerOf, queryOf } from './http-request.ts';

/** What an expression may read. Responses are there in response mappings only. */
export type Sources = { readonly exchange: Exchange; readonly answer?: IntegrationAnswer };

const selector = /^(request|response|context|stageVariables)(?:\.(.+))?$/s;

/**
 * The value of a mapping: `$request.header.x`, `$request.querystring.x`, `$request.path[.x]`, `$request.body[.json.path]`,
 * `$response.header.x`, `$response.body[.json.path]`, `$context.x`, `$stageVariables.x`; a text with `${…}` around
 * such selectors; or a plain text.
 *
 * @returns undefined when what it selects is not there
 */
export function evaluate(expression: string, sources: Sources): string | undefined {
  if (expression.includes('${')) {
    return expression.replaceAll(/\$\{([^}]*)\}/g, (_, inner: string) => select(inner, sources) ?? '');
  }
  return expression.startsWith('$') && selector.test(expression.slice(1))
    ? select(expression.slice(1), sources)
    : expression;
}

function select(text: string, sources: Sources): string | undefined {
  const [, root, rest = ''] = selector.exec(text) ?? [];
  switch (root) {
    case 'request':
      return selectRequest(rest, sources.exchange);
    case 'response':
      return sources.answer === undefined ? undefined : selectResponse(rest, sources.answer);
    case 'context':
      return asText(valueAt(contextVariables(sources.exchange), rest));
    case 'stageVariables':
      return sources.exchange.stage.stageVariables?.[rest];
    default:
      return undefined;
  }
}

function selectRequest(text: string, { request, pathParameters }: Exchange): string | undefined {
  const [, part = '', name = ''] = /^(\w+)(?:\.(.+))?$/s.exec(text) ?? [];
  switch (part) {
    case 'header':
      return headerOf(request, name);
    case 'querystring':
      return queryOf(request, name);
    case 'path':
      return name === '' ? request.path : pathParameters[name];
    case 'body':
      return selectBody(request.body, name);
    default:
      return undefined;
  }
}

function selectResponse(text: string, answer: IntegrationAnswer): string | undefined {
  const [, part = '', name = ''] = /^(\w+)(?:\.(.+))?$/s.exec(text) ?? [];
  if (part === 'header') return headerOf(answer, name);
  return part === 'body' ? selectBody(answer.body, name) : undefined;
}

function selectBody(body: string | Buffer, path: string): string | undefined {
  if (path === '') return body.length === 0 ? undefined : body.toString();
  const json = parseJson(body.toString());
  return json === undefined ? undefined : asText(valueAt(json, path));
}
