import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What a package of a service was made from, as far as its folder does not show it. */
export type DeployInputs = {
  /** The files in the bundles, relative to the service. */
  readonly bundled: readonly string[];
  /** What variables asked AWS for, whose answers may change at any time. */
  readonly asked: readonly string[];
};

const bundled = new Set<string>();
const asked = new Set<string>();

/** @param file absolute */
export function noteBundled(file: string): void {
  bundled.add(file);
}

/** @param request of AWS, such as `SSM.getParameter` */
export function noteAsked(request: string): void {
  asked.add(request);
}

/** Where the inputs of the last package are. */
export function deployInputsFile(serviceDir: string): string {
  return join(serviceDir, '.serverless', 'deploy-inputs.json');
}

export function writeDeployInputs(serviceDir: string): void {
  const file = deployInputsFile(serviceDir);
  const inputs: DeployInputs = {
    bundled: [...bundled].map((path) => relative(serviceDir, path)).sort(),
    asked: [...asked].sort(),
  };
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, JSON.stringify(inputs));
}
