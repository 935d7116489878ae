import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { refuseSsoProfile } from './sso-profile.ts';

let folder: string;
let environment: NodeJS.ProcessEnv;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aws-'));
  environment = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials') };
  writeFileSync(
    join(folder, 'config'),
    '[profile company]\nsso_session = company\nsso_role_name = dev\n\n[sso-session company]\nsso_start_url = https://a.example\n\n[profile keys]\nregion = eu-west-1\n',
  );
  writeFileSync(join(folder, 'credentials'), '[keys]\naws_access_key_id = AKIA\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a profile that signs in with SSO is refused, with the command that gets its credentials', () => {
  const message =
    /^The profile company signs in with SSO.*\(aws configure export-credentials --profile company --format env/;
  expect(() => refuseSsoProfile('company', environment)).toThrow(message);
  expect(() => refuseSsoProfile(undefined, { ...environment, AWS_PROFILE: 'company' })).toThrow(message);
});

test('the profile default, whose section has no prefix, is refused too', () => {
  writeFileSync(environment.AWS_CONFIG_FILE ?? '', '[default]\nsso_session = company\n');
  expect(() => refuseSsoProfile('default', environment)).toThrow(/^The profile default signs in with SSO/);
});

test('a profile with keys, and keys in the environment, are accepted', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'ASIA' };
  for (const [given, more] of [
    ['keys', {}],
    ['unknown', {}],
    [undefined, {}],
    [undefined, { ...keys, AWS_PROFILE: 'company' }],
  ] as const) {
    expect(() => refuseSsoProfile(given, { ...environment, ...more })).not.toThrow();
  }
});
