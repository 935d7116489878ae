import { noteUnseen } from '../deploy-inputs.ts';
import type { Configuration } from './framework.ts';

const packagingKeys = new Set(['artifact', 'patterns', 'include', 'path']);

/** Notes files outside of a service that `package` or `layers` put into its packages. */
export function notePackagedElsewhere({ functions, package: packaging, layers }: Configuration): void {
  const isOutside = (text: unknown): boolean =>
    typeof text === 'string' && /^!?(?:\.\.[\\/]|[\\/~]|[A-Za-z]:)/.test(text);
  const packagings = [packaging, layers, ...Object.values(Object(functions)).map((each) => Object(each).package)];
  JSON.stringify(packagings, (key, value) => {
    if (packagingKeys.has(key) && [value].flat().some(isOutside)) noteUnseen('files outside of the service');
    return value;
  });
}
