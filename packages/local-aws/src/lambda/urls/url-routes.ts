import * as z from 'zod';
import type { AwsRequest } from '../../core/aws-api.ts';
import type { PathParameters } from '../../core/path-template.ts';
import type { RestRoute } from '../../core/rest-protocol.ts';
import { type FunctionReference, parseFunctionName } from '../function-name.ts';
import { pageOf, queryOf, readInput } from '../rest-input.ts';
import type { FunctionUrl, FunctionUrls } from './function-urls.ts';
import { corsInput } from './url-config.ts';

export type UrlAddress = (id: string) => string;

const optionalText = z.string().optional();
const updateInput = z.strictObject({ AuthType: optionalText, InvokeMode: optionalText, Cors: corsInput.optional() });
const createInput = updateInput.extend({ AuthType: z.string() });

/** CreateFunctionUrlConfig and its siblings. */
export function urlRoutes(urls: FunctionUrls, addressOf: UrlAddress): RestRoute[] {
  const path = '/2021-10-31/functions/{name}/url';
  const reference = (request: AwsRequest, { name = '' }: PathParameters): FunctionReference =>
    parseFunctionName(name, queryOf(request, 'Qualifier'));
  /** Answers to changes show the invoke mode only where one was chosen. */
  const changed = (url: FunctionUrl) => ({ ...common(url, addressOf), ...modeOf(url) });
  const full = (url: FunctionUrl) => ({
    ...common(url, addressOf),
    InvokeMode: url.config.invokeMode ?? 'BUFFERED',
    LastModifiedTime: url.config.modifiedAt,
  });
  return [
    {
      method: 'POST',
      path,
      handle: (request, parameters) => ({
        status: 201,
        body: changed(urls.create(reference(request, parameters), readInput(request, createInput))),
      }),
    },
    {
      method: 'GET',
      path,
      handle: (request, parameters) => ({ body: full(urls.get(reference(request, parameters))) }),
    },
    {
      method: 'PUT',
      path,
      handle(request, parameters) {
        const url = urls.update(reference(request, parameters), readInput(request, updateInput));
        return { body: { ...changed(url), LastModifiedTime: url.config.modifiedAt } };
      },
    },
    {
      method: 'DELETE',
      path,
      handle(request, parameters) {
        urls.remove(reference(request, parameters));
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      path: '/2021-10-31/functions/{name}/urls',
      handle(request, parameters) {
        const { page, marker } = pageOf(request, urls.list(reference(request, parameters)));
        return { body: { FunctionUrlConfigs: page.map(full), ...marker } };
      },
    },
  ];
}

function common({ config: { id, authType, cors, createdAt }, arn }: FunctionUrl, addressOf: UrlAddress) {
  return {
    FunctionUrl: addressOf(id),
    FunctionArn: arn,
    AuthType: authType,
    ...(cors !== undefined && { Cors: cors }),
    CreationTime: createdAt,
  };
}

function modeOf({ config: { invokeMode } }: FunctionUrl) {
  return invokeMode === undefined ? {} : { InvokeMode: invokeMode };
}
