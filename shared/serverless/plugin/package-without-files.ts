import type { PluginManager } from './framework.ts';

/** The steps of packaging that make or move files. */
const ofFiles = /package:(?:cleanup|createDeploymentArtifacts)$|:saveServiceState$/;

/** Lets the framework make the template of a service and nothing else. */
export function skipFiles({ hooks }: Pick<PluginManager, 'hooks'>): void {
  for (const event of Object.keys(hooks)) if (ofFiles.test(event)) delete hooks[event];
}
