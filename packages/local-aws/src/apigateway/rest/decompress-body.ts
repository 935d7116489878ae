import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { type Exchange, headerOf } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';

const unpackers = { gzip: promisify(gunzip), deflate: promisify(inflate) } as const;

/**
 * Unpacks a compressed body before it is validated or mapped, as an API does that allows compression. Any other coding
 * is refused, and a body that does not have the coding of its header:
 * docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-make-request-with-compressed-payload.html
 *
 * @throws GatewayError 415, or 413 for a body that is too large once it is unpacked
 */
export async function decompressBody(exchange: Exchange, maxBytes: number): Promise<void> {
  const coding = headerOf(exchange, 'content-encoding')?.trim().toLowerCase() || 'identity';
  if (coding === 'identity' || exchange.body.length === 0) return;
  if (coding !== 'gzip' && coding !== 'deflate') throw unsupportedMediaType();
  try {
    exchange.body = await unpackers[coding](exchange.body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new GatewayError('REQUEST_TOO_LARGE', `HTTP content length exceeded ${maxBytes} bytes.`);
    }
    throw unsupportedMediaType();
  }
}

function unsupportedMediaType(): GatewayError {
  return new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'Unsupported Media Type');
}
