import type { ServiceContext } from './service-context.ts';
import { resourcesOfType, type Template } from './template.ts';

/**
 * Says what happens to log groups with their stack, by the parameter deletionPolicy. A deploy that fails at first takes
 * its groups with it, since the next one could not make them again.
 */
export function completeLogGroups({ Resources }: Template, { parameters, note }: ServiceContext): void {
  const { deletionPolicy } = parameters;
  for (const [id, group] of resourcesOfType(Resources, 'AWS::Logs::LogGroup')) {
    group.DeletionPolicy ??= deletionPolicy === 'Retain' ? 'RetainExceptOnCreate' : deletionPolicy;
    group.UpdateReplacePolicy ??= deletionPolicy;
    note(`Resources.${id}`, `DeletionPolicy: ${group.DeletionPolicy}`, 'the parameter deletionPolicy');
  }
}
