import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCustomResponse } from './custom-response.ts';

const request = { StackId: 's', RequestId: 'r', LogicalResourceId: 'l' };

test('a response of any form is read, or refused with a reason', () => {
  const member = fc.oneof(fc.jsonValue(), fc.constantFrom('SUCCESS', 'FAILED', 's', 'r', 'l', 'thing'));
  const names = ['Status', 'Reason', 'PhysicalResourceId', 'NoEcho', 'Data', '__proto__'] as const;
  const members = fc.uniqueArray(fc.tuple(fc.constantFrom(...names), member), { selector: ([name]) => name });
  const like = members.map((entries) =>
    JSON.stringify({ Status: 'SUCCESS', ...request, ...Object.fromEntries(entries) }),
  );
  fc.assert(
    fc.property(fc.oneof(like, fc.json(), fc.string()), (text) => {
      const body = Buffer.from(text);
      try {
        const { status, physicalId, attributes } = readCustomResponse(body, request);
        assert.ok(status === 'SUCCESS' || status === 'FAILED');
        assert.ok(physicalId === undefined || (physicalId !== '' && Buffer.byteLength(physicalId) <= 1024));
        for (const value of Object.values(attributes)) assert.ok(['string', 'object'].includes(typeof value));
      } catch (error) {
        assert.ok(error instanceof Error);
        assert.match(error.message, /^(Response |Invalid Response object: )/);
      }
    }),
  );
});
