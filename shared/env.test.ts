import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as z from 'zod/mini';
import { readEnv } from './env.ts';

it('names what is missing from the environment, without any value', (t) => {
  t.after(() => delete process.env.SECRET_LENGTH);
  process.env.SECRET_LENGTH = 'hunter2';
  const schema = z.object({ NOT_THERE: z.string(), SECRET_LENGTH: z.string().check(z.minLength(32)) });
  assert.throws(() => readEnv(schema), {
    message: 'Missing or invalid environment variables: NOT_THERE, SECRET_LENGTH',
  });
});
