import type { ApiFrontend, ApiRequest } from '../core/web.ts';
import type { ActivityScope, RequestNote } from './activity.ts';

type Options = {
  readonly scope: ActivityScope;
  readonly stagesOf: (apiId: string) => readonly string[] | undefined;
  readonly onRequest: (request: RequestNote) => void;
};

/** Notes every request that a frontend answers. */
export function watchRequests(frontend: ApiFrontend, { scope, stagesOf, onRequest }: Options): ApiFrontend {
  return {
    has: (apiId) => frontend.has(apiId),
    async execute(request) {
      const startedAt = performance.now();
      const { result, invocations } = await scope.request(() => frontend.execute(request));
      const { apiId, method } = request;
      const { stage, path } = splitStage(request, stagesOf(apiId) ?? []);
      const duration = performance.now() - startedAt;
      onRequest({ api: { apiId, stage }, method, path, status: result.status, duration, invocations });
      return result;
    },
  };
}

/** An address by id or host has the stage in front of the path. */
function splitStage(
  { stage, path }: ApiRequest,
  stages: readonly string[],
): { readonly stage: string | undefined; readonly path: string } {
  if (stage !== undefined) return { stage, path };
  const [, first = '', rest = ''] = /^\/([^/]*)(.*)$/s.exec(path) ?? [];
  return stages.includes(first) ? { stage: first, path: rest || '/' } : { stage: undefined, path };
}
