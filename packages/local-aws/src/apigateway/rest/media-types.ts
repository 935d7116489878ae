/** The media type of a Content-Type header without its parameters, in lower case. */
export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Whether a Content-Type or the first of an Accept header is one of the API's binary media types. */
export function isBinaryType(header: string | undefined, binaryMediaTypes: readonly string[]): boolean {
  if (binaryMediaTypes.length === 0) return false;
  if (binaryMediaTypes.includes('*/*')) return true;
  const type = mediaTypeOf(header?.split(',', 1)[0]);
  return binaryMediaTypes.some((candidate) => {
    const binary = candidate.toLowerCase();
    return binary === type || (binary.endsWith('/*') && type.startsWith(binary.slice(0, -1)));
  });
}
