import { expect, test } from '@jest/globals';
import { deployFailure } from './deploy-failure.ts';

const trace = `tasks › Error: Build failed with 1 error:
tasks › src/owner.ts:12:16: ERROR: Expected identifier but found ";"
tasks ›     at failureErrorWithLog (/clone/node_modules/esbuild/lib/main.js:1752:15)
tasks ›     at /clone/node_modules/esbuild/lib/main.js:1211:25
tasks ›     at new Promise (<anonymous>)
tasks ›     at Socket.emit (node:events:514:28)`;

test('a failed deploy tells its reason once and without the traces of its tools', () => {
  const output = `tasks › × Stack tasks-local failed to deploy (0s)
${trace}
tasks › error
${trace}
tasks › 

Verbose logs are available in ".serverless/compose.log"
`;
  expect(deployFailure(output)).toBe(`tasks › × Stack tasks-local failed to deploy (0s)
tasks › Error: Build failed with 1 error:
tasks › src/owner.ts:12:16: ERROR: Expected identifier but found ";"
tasks › error`);
});

test('a service that is deployed after another has failed does not hide why', () => {
  const output = `notes › × Stack notes-local failed to deploy (2s)
notes › There is no such queue.
notes › error
${Array.from({ length: 30 }, (_, index) => `tasks ›   function ${index}`).join('\n')}
tasks › deployed`;
  expect(deployFailure(output)).toBe(`notes › × Stack notes-local failed to deploy (2s)
notes › There is no such queue.
notes › error`);
});

test('of a long output the end is shown', () => {
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
  expect(deployFailure(lines.join('\n')).split('\n')).toStrictEqual(lines.slice(-25));
});

test('a sentence that begins with at is no trace', () => {
  expect(deployFailure('tasks ›   at least one of: a, b')).toBe('tasks ›   at least one of: a, b');
});
