/**
 * The body as it stands in an event. API Gateway hands on text/* and plain JSON, XML and JavaScript as text; all
 * else is base64, form data and a body without a content type too.
 */
export function eventBody(body: Buffer, contentType: string | undefined): { text: string; isBase64Encoded: boolean } {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const isText = /^(text\/.+|application\/(json|xml|javascript))$/.test(mediaType);
  return isText
    ? { text: body.toString('utf8'), isBase64Encoded: false }
    : { text: body.toString('base64'), isBase64Encoded: true };
}
