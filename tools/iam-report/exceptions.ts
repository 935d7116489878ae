import { parse } from 'yaml';
import * as z from 'zod';

const exception = z
  .strictObject({
    /** A name, in which `*` is any text, as in the others. */
    role: z.string(),
    /** An action; with a resource, what all actions of its statement must be. */
    action: z.string().optional(),
    resource: z.string().optional(),
    reason: z.string().min(10),
  })
  .refine(({ action, resource }) => (action ?? resource) !== undefined, 'must have an action or a resource');

/** An action or a resource that is unused or has a wildcard, and stays for a written reason. */
export type Exception = z.infer<typeof exception>;

/** @throws Error naming what is wrong in the file */
export function parseExceptions(yaml: string): readonly Exception[] {
  const parsed = z.array(exception).safeParse(parse(yaml));
  if (!parsed.success) throw new Error(`The exceptions are not as they should be:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Something granted: an action, or a resource with the actions that may be done to it. */
export type Granted = {
  readonly role: string;
  readonly kind: 'action' | 'resource';
  readonly text: string;
  readonly actions: readonly string[];
};

export function covers({ role, action, resource }: Exception, granted: Granted): boolean {
  if (!glob(role).test(granted.role)) return false;
  switch (granted.kind) {
    case 'action':
      return resource === undefined && action !== undefined && glob(action).test(granted.text);
    case 'resource':
      return (
        resource !== undefined &&
        glob(resource).test(granted.text) &&
        (action === undefined || granted.actions.every((each) => glob(action).test(each)))
      );
  }
}

function glob(pattern: string): RegExp {
  const literals = pattern.split('*').map((text) => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literals.join('.*')}$`, 's');
}

export function describeException({ role, action, resource }: Exception): string {
  return [action, resource && `on ${resource}`, `of ${role}`].filter((part) => part !== undefined).join(' ');
}
