import type { PluginManager } from './framework.ts';

/** The steps of packaging that make or move files. */
const ofFiles = /package:(?:cleanup|createDeploymentArtifacts)$|:saveServiceState$/;

/** Lets the framework make the template of a service and nothing else. */
export function skipFiles({ hooks }: Pick<PluginManager, 'hooks'>): void {
  for (const event of Object.keys(hooks)) if (ofFiles.test(event)) delete hooks[event];
}

/** Whether the packages of functions are made, beside the template. */
export function makesFiles({ hooks }: Pick<PluginManager, 'hooks'>): boolean {
  return Object.keys(hooks).some((event) => ofFiles.test(event));
}
