import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ServiceFault } from '../service-fault.ts';

/**
 * Refuses a profile that signs in with IAM Identity Center: version 2 of the AWS SDK, which osls 3 uses, knows no such
 * profiles and reports missing credentials.
 * @param given the value of `--aws-profile`
 * @throws ServiceFault that says how to get credentials
 */
export function refuseSsoProfile(given: string | undefined, environment: NodeJS.ProcessEnv = process.env): void {
  const hasKeys = given === undefined && Boolean(environment.AWS_ACCESS_KEY_ID);
  const profile = given ?? environment.AWS_PROFILE;
  if (hasKeys || profile === undefined) return;
  const section = profile === 'default' ? profile : `profile ${profile}`;
  const config = readSection(environment.AWS_CONFIG_FILE ?? join(homedir(), '.aws', 'config'), section);
  const keys = readSection(environment.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), '.aws', 'credentials'), profile);
  if (!/^\s*sso_(?:session|start_url)\s*=/m.test(config) || /^\s*aws_access_key_id\s*=/m.test(config + keys)) return;
  throw new ServiceFault(
    `The profile ${profile} signs in with SSO, which osls 3 cannot. Put its credentials into the environment, and leave the profile out: unset AWS_PROFILE; eval "$(aws configure export-credentials --profile ${profile} --format env)"`,
  );
}

/** The lines of a section of an INI file, such as `[profile dev]`. */
function readSection(file: string, name: string): string {
  if (!existsSync(file)) return '';
  const sections = readFileSync(file, 'utf8').split(/^\s*(?=\[)/m);
  return sections.find((section) => section.split('\n')[0]?.trim() === `[${name}]`) ?? '';
}
