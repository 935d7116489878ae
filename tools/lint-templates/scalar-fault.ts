import type { PropertyType } from '@aws-cdk/service-spec-types';
import type { Finding } from './finding.ts';
import { intrinsicOf } from './intrinsic.ts';

export type ValueFault = Pick<Finding, 'path' | 'rule' | 'message'>;
type ScalarType = Extract<PropertyType, { readonly type: keyof typeof accepted }>;

/** What CloudFormation makes a value of each type from; it reads texts as numbers and truth values. */
const accepted = {
  string: (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value),
  'date-time': (value: unknown) => typeof value === 'string',
  number: (value: unknown) => Number.isFinite(toNumber(value)),
  integer: (value: unknown) => Number.isInteger(toNumber(value)),
  boolean: (value: unknown) => [true, false, 'true', 'false'].some((truth) => truth === value),
};

export function faultOfScalar(value: unknown, type: ScalarType, path: string): readonly ValueFault[] {
  if (intrinsicOf(value) !== undefined) return [];
  if (!accepted[type.type](value)) return [{ path, rule: 'value-type', message: `This is not of type ${type.type}.` }];
  const allowed: readonly (string | number)[] = 'allowedValues' in type ? (type.allowedValues ?? []) : [];
  if (allowed.length === 0 || allowed.some((one) => String(one) === String(value))) return [];
  return [{ path, rule: 'allowed-value', message: `This is none of ${allowed.join(', ')}.` }];
}

function toNumber(value: unknown): number {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN;
}
