import * as z from 'zod';
import { isJsonObject } from '../core/json.ts';
import type { JsonAction } from '../core/json-protocol.ts';
import { parseJson } from '../core/parse-json.ts';
import { checkJson } from '../core/read-json.ts';
import { eventsAction } from './events-action.ts';
import { eventsError } from './events-error.ts';
import { compileEventPattern } from './rule-store.ts';

const required = ['id', 'account', 'source', 'time', 'region', 'detail-type'];

/** TestEventPattern: whether a rule with this pattern matches an event. */
export const testEventPattern: JsonAction = eventsAction(
  z.strictObject({ EventPattern: z.string(), Event: z.string() }),
  ({ EventPattern, Event }) => {
    const matches = compileEventPattern(EventPattern);
    checkJson(Buffer.from(Event));
    const event = parseJson(Event);
    const missing = isJsonObject(event) ? required.filter((name) => !Object.hasOwn(event, name)) : required;
    if (event === undefined || missing.length > 0) {
      throw eventsError.validation(
        `Parameter Event is not valid. Reason: it must be a JSON object with ${missing.join(', ')}.`,
      );
    }
    return { Result: matches(event) };
  },
);
