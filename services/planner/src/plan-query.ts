import * as z from 'zod/mini';
import { calendarDate, timezone } from './local-date.ts';

/** Which day is planned, and where its midnights are. */
export const planQuery = z.strictObject({ date: z.optional(calendarDate), timezone: z._default(timezone, 'UTC') });
