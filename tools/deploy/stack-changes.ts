import type { DeployResult } from './deploy-result.ts';
import type { EndpointStack } from './endpoint-stack.ts';

type StackChanges = Extract<DeployResult, { state: 'updated' }>['changes'];

/** The logical ids of the resources that an update touched. */
export function stackChanges(before: EndpointStack, after: EndpointStack): StackChanges {
  const changed: string[] = [];
  for (const [id, resource] of after.resources) {
    const old = before.resources.get(id);
    if (old !== undefined && (old.physicalId !== resource.physicalId || old.updatedAt !== resource.updatedAt)) {
      changed.push(id);
    }
  }
  return {
    added: [...after.resources.keys()].filter((id) => !before.resources.has(id)),
    changed,
    removed: [...before.resources.keys()].filter((id) => !after.resources.has(id)),
  };
}
