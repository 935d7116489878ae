/** Names of this machine. */
const ownHost =
  /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\]|(?:.+\.)?localhost\.localstack\.cloud|host\.docker\.internal)$/i;
/** As SDKs address services whose hosts are mapped to here. No page is ours by it: anyone may have a bucket with one. */
const awsHost = /^.+\.amazonaws\.com(?:\.cn)?$/i;

type Asked = {
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether a GET of it changes nothing, so that links may lead to it. */
  readonly isReadByGet: boolean;
};

/**
 * Tells why a request for an AWS API looks like that of a web page of somebody else, which a browser on this machine has
 * open; undefined for any other. The endpoint asks for no secret: such a page could deploy a function and run it.
 *
 * A page of another origin is told by `Origin` or `Sec-Fetch-Site`; one whose own name was made to lead here (DNS
 * rebinding) by `Host`.
 */
export function foreignPage({ host, headers, isReadByGet }: Asked): string | undefined {
  const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (origin !== undefined && !ownHost.test(hostnameOf(origin))) return `a page of ${origin}`;
  // Whoever follows a link sees the answer themselves, and the page with the link does not.
  const isLink = mode === 'navigate' && isReadByGet;
  if (origin === undefined && site === 'cross-site' && !isLink) return 'a page of another site';
  return ownHost.test(host) || awsHost.test(host)
    ? undefined
    : `a page of ${host}, or a name that this endpoint does not know as its own`;
}

function hostnameOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname : '';
}
