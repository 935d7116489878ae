import { afterEach, expect, it } from '@jest/globals';
import * as z from 'zod/mini';
import { readEnv } from './env.ts';

afterEach(() => {
  delete process.env.SECRET_LENGTH;
});

it('names what is missing from the environment, without any value', () => {
  process.env.SECRET_LENGTH = 'hunter2';
  const schema = z.object({ NOT_THERE: z.string(), SECRET_LENGTH: z.string().check(z.minLength(32)) });
  expect(() => readEnv(schema)).toThrow(
    expect.objectContaining({
      message: 'Missing or invalid environment variables: NOT_THERE, SECRET_LENGTH',
    }),
  );
});
