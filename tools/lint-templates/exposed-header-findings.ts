import * as z from 'zod';
import { exposedHeaders } from '#shared/http/exposed-headers.ts';
import type { Template } from '../render-templates/template.ts';
import type { Finding } from './finding.ts';

/** The headers that pages of other origins may read anyway (Fetch, CORS-safelisted response-header name). */
const safelist = [
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
];
/** Those that browsers and caches act on, and pages need not read. */
const forBrowsers = ['strict-transport-security', 'vary', 'x-content-type-options'];
const exposing = 'access-control-expose-headers';

const record = z.record(z.string(), z.unknown());

/**
 * Finds answers of API Gateway with a header that pages of other origins cannot read: `Access-Control-Expose-Headers` does
 * not name it. A header is set by a parameter of a response, or by its mapping template.
 */
export function exposedHeaderFindings({ Resources }: Template): readonly Finding[] {
  return Object.entries(Resources).flatMap(([logicalId, { Type, Properties }]) =>
    Type === 'AWS::ApiGatewayV2::Api'
      ? httpApiFindings(logicalId, Properties)
      : Type.startsWith('AWS::ApiGateway::')
        ? restFindings(logicalId, 'Properties', Properties)
        : [],
  );
}

/** HTTP APIs replace the CORS headers of functions, so that they have to expose what functions set. */
function httpApiFindings(logicalId: string, properties: unknown): readonly Finding[] {
  const { data } = z
    .object({ CorsConfiguration: z.object({ ExposeHeaders: z.array(z.string()) }) })
    .safeParse(properties);
  const exposed = new Set(data?.CorsConfiguration.ExposeHeaders.map((name) => name.toLowerCase()));
  const hidden = exposedHeaders.map((name) => name.toLowerCase()).filter((name) => !exposed.has(name));
  return findingOf(logicalId, 'Properties.CorsConfiguration.ExposeHeaders', hidden);
}

/** Looks at every object with parameters of a response: of a method, a gateway response or an imported API. */
function restFindings(logicalId: string, path: string, value: unknown): readonly Finding[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => restFindings(logicalId, `${path}.${index}`, item));
  }
  const { data: node } = record.safeParse(value);
  if (node === undefined) return [];
  const parameters = record.safeParse(node.ResponseParameters ?? node.responseParameters).data ?? {};
  const templates = JSON.stringify(node.ResponseTemplates ?? node.responseTemplates ?? {});
  const [, exposed] = Object.entries(parameters).find(([name]) => headerOf(name) === exposing) ?? [];
  const names = String(exposed ?? '')
    .toLowerCase()
    .split(/[^\w-]+/);
  const set = [
    ...Object.keys(parameters).map(headerOf),
    ...[...templates.matchAll(/context\.responseOverride\.header\.([\w-]+)/g)].map(([, name = '']) =>
      name.toLowerCase(),
    ),
  ];
  const hidden = set.filter((name) => isToBeExposed(name) && !names.includes(name));
  return [
    ...findingOf(logicalId, path, hidden),
    ...Object.entries(node).flatMap(([key, child]) => restFindings(logicalId, `${path}.${key}`, child)),
  ];
}

/** `method.response.header.Retry-After` and `gatewayresponse.header.Retry-After` set `retry-after`. */
function headerOf(parameter: string): string {
  return /(?:method\.response|gatewayresponse)\.header\.(.+)$/.exec(parameter)?.[1]?.toLowerCase() ?? '';
}

function isToBeExposed(name: string): boolean {
  return name !== '' && !name.startsWith('access-control-') && ![...safelist, ...forBrowsers].includes(name);
}

function findingOf(logicalId: string, path: string, hidden: readonly string[]): readonly Finding[] {
  if (hidden.length === 0) return [];
  const message = `Pages of other origins cannot read ${hidden.join(', ')}: Access-Control-Expose-Headers does not name it.`;
  return [{ logicalId, path, rule: 'exposed-header', message }];
}
