import type { AnswerHeaders } from './answer.ts';

/**
 * The `Link` header to the next page (RFC 8288). Its target is a relative reference, which the client resolves against
 * the URL it used: right under a stage path, a custom domain's base path and the local endpoint alike, none of which
 * the function could tell for sure.
 *
 * @param query the parameters of this page; undefined ones are left out
 */
export function nextPageLink(
  query: Readonly<Record<string, string | number | boolean | undefined>>,
  nextToken: string | undefined,
): Pick<AnswerHeaders, 'link'> {
  if (nextToken === undefined) return {};
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, nextToken })) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return { link: `<?${parameters}>; rel="next"` };
}

/** The `Location` of `id` in the collection at `path`, as a relative reference for the same reason. */
export function locationOf(path: string, id: string): Pick<AnswerHeaders, 'location'> {
  const collection = path.split('/').at(-1);
  return { location: collection ? `${collection}/${id}` : id };
}
