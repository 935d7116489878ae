import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { AppError } from '../errors/app-error.ts';
import { decodePageToken, encodePageToken, pageTokenParameter } from './page-token.ts';

const anything = z.string();
const scope = fc.array(fc.string(), { minLength: 1, maxLength: 4 });

function refuses(work: () => unknown): void {
  const details = [expect.objectContaining({ path: 'query.nextToken' })];
  expect(work).toThrow(AppError);
  expect(work).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST', details }));
}

describe('a page token', () => {
  it('gives back the position in its own list', () => {
    fc.assert(
      fc.property(scope, fc.string({ unit: 'grapheme', maxLength: 60 }), (list, position) => {
        const token = encodePageToken(list, position);
        expect(pageTokenParameter.safeParse(token).success).toBeTruthy();
        expect(token).toMatch(/^[\w-]+$/);
        expect(decodePageToken(list, token, anything)).toBe(position);
      }),
    );
  });

  it('is refused in any other list, also when the parts of its name only look alike', () => {
    fc.assert(
      fc.property(scope, scope, (list, other) => {
        fc.pre(JSON.stringify(list) !== JSON.stringify(other));
        refuses(() => decodePageToken(other, encodePageToken(list, 'x'), anything));
      }),
    );
    refuses(() => decodePageToken(['a', 'b'], encodePageToken(['ab'], 'x'), anything));
  });

  it('is refused when it is anything else, without ever failing in another way', () => {
    fc.assert(fc.property(scope, fc.string(), (list, text) => refuses(() => decodePageToken(list, text, anything))));
    const json = fc.json().map((text) => Buffer.from(text).toString('base64url'));
    fc.assert(fc.property(scope, json, (list, text) => refuses(() => decodePageToken(list, text, anything))));
    refuses(() => decodePageToken(['a'], encodePageToken(['a'], 'x'.repeat(2000)), anything));
  });

  it('is written in one way only', () => {
    const token = encodePageToken(['a'], 'x');
    for (const other of [`${token}.`, ` ${token}`, `${token}=`, `${token}\n`, token.replaceAll('', ' ')]) {
      refuses(() => decodePageToken(['a'], other, anything));
    }
  });

  it('has a position of the shape that the list asks for', () => {
    refuses(() => decodePageToken(['a'], encodePageToken(['a'], 'USER#somebody'), z.uuid()));
  });
});
