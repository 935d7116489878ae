import { noteUnseen } from '../deploy-inputs.ts';
import type { Configuration } from './framework.ts';

const packagingKeys = new Set(['artifact', 'patterns', 'include', 'path']);

/** Notes files outside of a service that `package` or `layers` put into its packages, and scripts that bundle them. */
export function notePackagedElsewhere({ functions, package: packaging, layers, custom }: Configuration): void {
  const { plugins, config } = Object(custom?.esbuild);
  if (plugins !== undefined || config !== undefined) noteUnseen('scripts of custom.esbuild');
  const isOutside = (text: unknown): boolean =>
    typeof text === 'string' && /^!?(?:\.\.[\\/]|[\\/~]|[A-Za-z]:)/.test(text);
  const packagings = [packaging, layers, ...Object.values(Object(functions)).map((each) => Object(each).package)];
  JSON.stringify(packagings, (key, value) => {
    if (packagingKeys.has(key) && [value].flat().some(isOutside)) noteUnseen('files outside of the service');
    return value;
  });
}
