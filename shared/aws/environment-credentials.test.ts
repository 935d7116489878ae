import { expect, test } from '@jest/globals';
import { defaultProvider } from './environment-credentials.ts';

const provide = defaultProvider();

test('the credentials of a role, whose session AWS refuses without its token', async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' });
  expect(await provide()).toStrictEqual({ accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' });
});

test('the credentials of a user, who has no session', async () => {
  delete process.env.AWS_SESSION_TOKEN;
  expect(await provide()).toStrictEqual({ accessKeyId: 'id', secretAccessKey: 'secret' });
});
