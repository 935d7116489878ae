import { BlockList, isIP } from 'node:net';
import type { JsonValue } from '../core/json.ts';
import { invalidFilterPattern } from './invalid-filter-pattern.ts';

/** `10.0.0.0/24` or `2001:db8::/32`. */
export function compileAddressRange(operand: JsonValue): (leaf: unknown) => boolean {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(typeof operand === 'string' ? operand : '') ?? [];
  const version = isIP(address);
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128)) throw invalidFilterPattern();
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const range = new BlockList();
  range.addSubnet(address, Number(bits), family);
  return (leaf) => typeof leaf === 'string' && isIP(leaf) === version && range.check(leaf, family);
}
