import * as z from 'zod';
import { parseArn } from '../../core/arn.ts';
import { type RestRoute, restBody } from '../../core/rest-protocol.ts';
import { parse } from './control-input.ts';
import type { HttpApiStore } from './http-api-store.ts';

/** Tags of APIs and stages, by ARN: `arn:aws:apigateway:<region>::/apis/<id>[/stages/<name>]`. */
export function tagRoutes(store: HttpApiStore): RestRoute[] {
  const tagged = (resourceArn: string) => {
    const resource = parseArn(resourceArn)?.resource ?? '';
    const [, apiId = '', stageName] = /^\/apis\/([^/]+)(?:\/stages\/([^/]+))?$/.exec(resource) ?? [];
    if (stageName === undefined) {
      const api = store.get(apiId);
      return { tags: api.tags ?? {}, write: (tags: Record<string, string>) => store.put({ ...api, tags }) };
    }
    const stage = store.getPart(apiId, 'stages', stageName);
    return {
      tags: stage.tags ?? {},
      write: (tags: Record<string, string>) => store.putPart(apiId, 'stages', { ...stage, tags }),
    };
  };
  const input = z.strictObject({ tags: z.record(z.string(), z.string()) });
  return [
    { method: 'GET', path: '/v2/tags/{arn+}', handle: (_, p) => ({ body: { tags: tagged(p.arn ?? '').tags } }) },
    {
      method: 'POST',
      path: '/v2/tags/{arn+}',
      handle: (request, p) => {
        const { tags, write } = tagged(p.arn ?? '');
        write({ ...tags, ...parse(input, restBody(request)).tags });
        return { status: 201, body: {} };
      },
    },
    {
      method: 'DELETE',
      path: '/v2/tags/{arn+}',
      handle: (request, p) => {
        const { tags, write } = tagged(p.arn ?? '');
        const removed = request.query.getAll('tagKeys');
        write(Object.fromEntries(Object.entries(tags).filter(([key]) => !removed.includes(key))));
        return { status: 204 };
      },
    },
  ];
}
