import { isIPv4, isIPv6 } from 'node:net';
import { templateError } from './template-error.ts';

/**
 * `Fn::Cidr`: the first `count` blocks inside `block` whose host part has `bits` bits (32 - prefix length for IPv4).
 * @throws AwsError ValidationError
 */
export function cidrBlocks(block: string | undefined, count: string | undefined, bits: string | undefined): string[] {
  const [address = '', prefix = ''] = (block ?? '').split('/');
  const width = isIPv4(address) ? 32 : isIPv6(address) ? 128 : undefined;
  const hostBits = Number(bits ?? '8');
  const wanted = Number(count);
  const outer = Number(prefix);
  const isValid =
    width !== undefined &&
    /^\d+$/.test(prefix) &&
    outer <= width &&
    Number.isInteger(wanted) &&
    wanted >= 1 &&
    wanted <= 256 &&
    Number.isInteger(hostBits) &&
    hostBits >= 1 &&
    hostBits <= width - outer;
  if (!isValid || width === undefined) {
    throw templateError(`Template error: Fn::Cidr cannot divide ${block} into ${count} blocks of ${bits ?? '8'} bits`);
  }
  if (BigInt(wanted) > 1n << BigInt(width - outer - hostBits)) {
    throw templateError(`Template error: Fn::Cidr: ${block} does not hold ${wanted} blocks of ${hostBits} bits`);
  }
  const start = (toNumber(address, width) >> BigInt(width - outer)) << BigInt(width - outer);
  return Array.from(
    { length: wanted },
    (_, index) => `${toAddress(start + (BigInt(index) << BigInt(hostBits)), width)}/${width - hostBits}`,
  );
}

function toNumber(address: string, width: number): bigint {
  if (width === 32) return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  const [head = '', tail] = address.split('::');
  const groups = (part: string | undefined): string[] => (part === undefined || part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = groups(tail);
  const middle = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...middle, ...right].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function toAddress(value: bigint, width: number): string {
  const size = width === 32 ? 8 : 16;
  const parts = Array.from({ length: width / size }, (_, index) =>
    Number((value >> BigInt(width - size * (index + 1))) & ((1n << BigInt(size)) - 1n)),
  );
  if (width === 32) return parts.join('.');
  // The first longest run of zero groups becomes `::`.
  return new URL(`http://[${parts.map((part) => part.toString(16)).join(':')}]/`).hostname.slice(1, -1);
}
