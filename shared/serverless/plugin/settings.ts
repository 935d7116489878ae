import type { Configuration } from './framework.ts';
import { ServiceFault } from './service-fault.ts';

/** `custom.service` of a serverless.yml. */
export type Settings = {
  readonly api: Api;
  /** What routes may ask of their callers: in tokens that is the scope `<service>/<word>`. */
  readonly scopes: readonly string[];
  /** The OpenAPI document that the REST API is imported from, instead of routes of functions. */
  readonly openapi: ApiDescription | undefined;
};

export type Api = (typeof apis)[number];

export type ApiDescription = {
  readonly info: object;
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly components?: object;
  readonly 'x-amazon-apigateway-gateway-responses'?: Readonly<Record<string, object>>;
};

const apis = ['rest', 'http', 'none'] as const;

/** What the framework checks `custom` against. */
export const settingsSchema = {
  type: 'object',
  properties: {
    service: {
      type: 'object',
      additionalProperties: false,
      required: ['api'],
      properties: {
        api: { enum: apis },
        scopes: { type: 'array', items: { type: 'string', pattern: '^[a-z]+$' }, minItems: 1, uniqueItems: true },
        openapi: {
          type: 'object',
          required: ['info', 'paths'],
          properties: { info: { type: 'object' }, paths: { type: 'object' } },
        },
      },
    },
  },
} as const;

/** @throws ServiceFault if the service does not say what it is; what it says wrong, the framework has found */
export function readSettings(custom: Configuration['custom']): Settings {
  const { service } = custom ?? {};
  if (!isSettings(service)) {
    throw new ServiceFault('custom.service is missing: say { api: rest }, { api: http } or { api: none }.');
  }
  const { api, scopes = ['read', 'write'], openapi } = service;
  if (openapi !== undefined && api !== 'rest') {
    throw new ServiceFault(`custom.service.openapi is for "api: rest", not for "api: ${api}".`);
  }
  return { api, scopes, openapi };
}

function isSettings(value: unknown): value is Pick<Settings, 'api'> & Partial<Settings> {
  return typeof value === 'object' && value !== null && 'api' in value;
}
