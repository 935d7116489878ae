import { AwsError } from '../../core/aws-error.ts';
import { type PatchOperation, refusePath } from './control-input.ts';

/** The part as the operations leave it, one after the other. */
export function applyEach<P>(
  operations: readonly PatchOperation[],
  part: P,
  apply: (draft: P, operation: PatchOperation) => P,
): P {
  let draft = part;
  for (const operation of operations) draft = apply(draft, operation);
  return draft;
}

/** `/requestTemplates/application~1json`: a slash in a name is written `~1`, a tilde `~0`. @throws AwsError */
export function splitPath(path: string): { member: string; name: string | undefined } {
  const [, member = '', name] = /^\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? refusePath(path);
  return { member, name: name?.replaceAll('~1', '/').replaceAll('~0', '~') };
}

/** Adds, replaces or removes one of the parameters, templates or models of a part. @throws AwsError */
export function patchEntries<V>(
  entries: Readonly<Record<string, V>>,
  { op, path, value = '' }: PatchOperation,
  name: string | undefined,
  read: (value: string) => V,
): Record<string, V> {
  if (name === undefined) return refusePath(path);
  if (op !== 'add' && !Object.hasOwn(entries, name)) {
    const isParameter = path.startsWith('/requestParameters') || path.startsWith('/responseParameters');
    const message = isParameter ? 'Invalid parameter name specified' : 'Content-Type specified was not found';
    throw new AwsError('NotFoundException', message, 404);
  }
  const others = Object.fromEntries(Object.entries(entries).filter(([key]) => key !== name));
  return op === 'remove' ? others : { ...others, [name]: read(value) };
}
