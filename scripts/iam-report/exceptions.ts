import { parse } from 'yaml';
import * as z from 'zod';

const exception = z.strictObject({
  /** A name, in which `*` is any text. */
  role: z.string(),
  /** An action or resource as it is granted, in which `*` is any text. */
  grant: z.string(),
  reason: z.string().min(10),
});

/** A grant that is unused or has a wildcard, and stays for a written reason. */
export type Exception = z.infer<typeof exception>;

/** @throws Error naming what is wrong in the file */
export function parseExceptions(yaml: string): readonly Exception[] {
  const parsed = z.array(exception).safeParse(parse(yaml));
  if (!parsed.success) throw new Error(`The exceptions are not as they should be:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

export function covers({ role, grant }: Exception, named: { readonly role: string; readonly text: string }): boolean {
  return glob(role).test(named.role) && glob(grant).test(named.text);
}

function glob(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );
}
