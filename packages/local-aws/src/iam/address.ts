import { BlockList, isIP } from 'node:net';

/** Whether an IP address is `range`, or lies in it when it has a prefix length. */
export function matchesAddress(address: string, range: string): boolean {
  const [network = '', prefix] = range.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(address) !== family) return false;
  const longest = family === 4 ? 32 : 128;
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return false;
  const bits = Number(prefix ?? longest);
  if (bits > longest) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, bits, type);
  return list.check(address, type);
}
