import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { DeployedApi, Endpoint } from 'local-aws';
import { deployCdk } from './deploy-cdk.ts';
import { deployServerless } from './deploy-serverless.ts';
import type { DeployTrial } from './deploy-trial.ts';
import { type FoundService, findServices } from './find-services.ts';
import { type Verdict, verdictOf } from './verdict.ts';

export type TrialOptions = Omit<DeployTrial, 'project' | 'service' | 'port'> & {
  readonly onResult: (result: ServiceResult) => void;
};

/** What came of one service. */
export type ServiceResult = {
  readonly service: FoundService;
  readonly verdict: Verdict;
  readonly apis: readonly DeployedApi[];
  /** What the CLI printed. */
  readonly output: string;
};

const deployers = { serverless: deployServerless, cdk: deployCdk } as const;

/** A copy of a project that is deleted when it is disposed of. Version control and build results stay behind. */
export function copyProject(folder: string): Disposable & { readonly folder: string } {
  const scratch = mkdtempSync(join(tmpdir(), 'try-project-'));
  const left = new Set(['.git', '.serverless', 'cdk.out']);
  const copy = join(scratch, basename(folder));
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => !left.has(basename(path)) });
  return { folder: copy, [Symbol.dispose]: () => rmSync(scratch, { recursive: true, force: true }) };
}

/**
 * Deploys every service of a project, by the order of their folders. One that lacks something is tried once more after the
 * others: it may be an output of theirs.
 */
export async function tryServices(
  project: string,
  endpoint: Endpoint,
  { onResult, ...options }: TrialOptions,
): Promise<readonly ServiceResult[]> {
  const attempt = async (service: FoundService): Promise<ServiceResult> => {
    const before = new Set(endpoint.apis().map(({ apiId }) => apiId));
    const result = await deployers[service.kind]({ ...options, project, service, port: endpoint.port });
    const apis = endpoint.apis().filter(({ apiId }) => !before.has(apiId));
    return { service, verdict: verdictOf(result), apis, output: result.output };
  };
  const results: ServiceResult[] = [];
  const report = (result: ServiceResult): void => {
    results.push(result);
    onResult(result);
  };
  const services = findServices(project);
  const lacking: ServiceResult[] = [];
  for (const service of services) {
    const result = await attempt(service);
    if (result.verdict.kind === 'needs') lacking.push(result);
    else report(result);
  }
  for (const result of lacking) report(lacking.length === services.length ? result : await attempt(result.service));
  return results;
}
