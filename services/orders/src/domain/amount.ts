import * as z from 'zod/mini';

/** The most decimals that a currency has (ISO 4217). */
const decimals = 4;
/** With these decimals it has 15 significant digits, the most that a double keeps exactly. */
const greatest = 99_999_999_999.9999;

/**
 * An exact amount of money. JSON, JavaScript and DynamoDB write such a number with the same digits, so a plain number
 * is enough.
 */
export const amount = z.number().check(
  z.gt(0, { error: 'must be greater than 0', abort: true }),
  z.maximum(greatest, { abort: true }),
  z.refine((value) => Number(value.toFixed(decimals)) === value, { error: `must have at most ${decimals} decimals` }),
);
