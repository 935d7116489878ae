import * as z from 'zod/mini';

/** Text of `min` to `max` characters, counted in code points as JSON Schema does, without broken surrogates. */
export function text(min: number, max: number): z.ZodMiniType<string> {
  return z.string().check(
    z.refine(
      (value) => {
        // A code point is one or two UTF-16 units: the length alone settles most cases without walking the text.
        if (value.length > max * 2) return false;
        const length = value.length <= max && value.length >= min * 2 ? value.length : [...value].length;
        return length >= min && length <= max;
      },
      { error: `must be ${min} to ${max} characters long`, abort: true },
    ),
    z.refine((value) => value.isWellFormed(), { error: 'must be well-formed Unicode' }),
  );
}

/** A UUID of any version, in lower case as it is stored. */
export const uuid = z.uuid({ error: 'must be a UUID' }).check(z.toLowerCase());

const instantError = 'must be an ISO 8601 date-time with seconds and an offset';

/** An ISO 8601 date-time with an offset, as UTC with milliseconds: its text order is its order in time. */
export const instant = z.pipe(
  z.iso
    .datetime({ offset: true, error: instantError, abort: true })
    .check(z.maxLength(40, { error: instantError, abort: true }), z.regex(/T\d\d:\d\d:\d\d/, { error: instantError })),
  z.pipe(
    z.transform((text: string) => new Date(text).toISOString()),
    // An offset can push the first and the last day of the calendar over its edge, where toISOString adds a sign.
    z.string().check(z.regex(/^\d{4}-/, { error: instantError })),
  ),
);

/** A boolean in a query string. */
export const queryBoolean = z.pipe(
  z.enum(['true', 'false'], { error: 'must be true or false' }),
  z.transform((value: 'true' | 'false') => value === 'true'),
);

/** A whole number from `min` to `max` in a query string; a number to parsers, text to clients. */
export function queryInteger(min: number, max: number): z.ZodMiniType<number, string> {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.pipe(
    z.string().check(z.regex(/^\d{1,9}$/, { error, abort: true })),
    z.pipe(
      z.transform((value: string) => Number(value)),
      z.int().check(z.minimum(min, { error }), z.maximum(max, { error })),
    ),
  );
}
