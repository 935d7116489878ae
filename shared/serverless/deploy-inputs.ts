import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What a package of a service was made from, as far as its folder does not show it. */
type DeployInputs = {
  /** The files in the bundles, relative to the service. */
  readonly bundled: readonly string[];
  /** What may change without the files of the service: answers of AWS to variables, files elsewhere. */
  readonly unseen: readonly string[];
};

const bundled = new Set<string>();
const unseen = new Set<string>();

/** A process may deploy several services, one after another. */
export function forgetInputs(): void {
  bundled.clear();
  unseen.clear();
}

/** @param file absolute */
export function noteBundled(file: string): void {
  bundled.add(file);
}

/** @param input such as `SSM.getParameter` */
export function noteUnseen(input: string): void {
  unseen.add(input);
}

/** Where the inputs of the last package are. */
export function deployInputsFile(serviceDir: string): string {
  return join(serviceDir, '.serverless', 'deploy-inputs.json');
}

export function writeDeployInputs(serviceDir: string): void {
  const file = deployInputsFile(serviceDir);
  const inputs: DeployInputs = {
    bundled: [...bundled].map((path) => relative(serviceDir, path)).sort(),
    unseen: [...unseen].sort(),
  };
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, JSON.stringify(inputs));
}
