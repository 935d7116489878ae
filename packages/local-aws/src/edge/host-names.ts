import type { IncomingMessage } from 'node:http';

export type Authority = { readonly name: string; readonly port: string };

/** Names and addresses of the loopback interface; browsers resolve every name below `localhost` to it. */
const loopback = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
/** A `Host` header as RFC 9112 defines it, without the user information that URLs may have. */
const authority = /^(\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]+?)\.?(?::(\d*))?$/i;

/** Splits a `Host` header, with the name in lower case and without a final dot; undefined when it is malformed. */
export function parseAuthority(host: string): Authority | undefined {
  const [, name, port = ''] = authority.exec(host) ?? [];
  return name === undefined ? undefined : { name: name.toLowerCase(), port };
}

export function isLoopbackName(name: string): boolean {
  return loopback.test(name);
}

/**
 * The allow list of names: those of loopback, and each of `added` with every name below it. A public name that resolves
 * to 127.0.0.1, such as `localhost.localstack.cloud`, is in the hands of its owner and therefore not on it by default.
 */
export function hostAllowList(added: readonly string[]): (name: string) => boolean {
  const names = added.map((name) => name.toLowerCase());
  return (name) => isLoopbackName(name) || names.some((known) => name === known || name.endsWith(`.${known}`));
}

type Refusal = { readonly status: 400 | 421; readonly message: string };

/**
 * Reads the name that a request is for, or says why it is refused.
 *
 * @param host the `Host` header, or the authority of a request that has a whole URL
 */
export function readHost(
  host: string,
  { rawHeaders, httpVersion }: Pick<IncomingMessage, 'rawHeaders' | 'httpVersion'>,
  isKnown: (name: string) => boolean,
): Authority | Refusal {
  const count = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
  // Of several names, or of a malformed one, two readers could take different ones (RFC 9112, section 3.2).
  if (count > 1) return { status: 400, message: 'The request has more than one Host header.' };
  if (count === 0 && httpVersion !== '1.0') return { status: 400, message: 'The request has no Host header.' };
  const authority = parseAuthority(host);
  if (authority === undefined) return { status: 400, message: 'The request has a malformed Host header.' };
  const { name } = authority;
  if (isKnown(name)) return authority;
  const hint = `If it is a name of this machine, start the endpoint with --allow-host ${name}.`;
  return { status: 421, message: `The endpoint does not answer to the name ${name}. ${hint}` };
}
