/** An event of another kind than the function is for: a mistake in the wiring, which fails the invocation. */
class InvalidEvent extends Error {
  constructor(expected: string, event: unknown) {
    super(`The event must be ${expected}: it ${describe(event)}.`);
    this.name = 'InvalidEvent';
  }
}

/**
 * Runs a function only for events of its kind.
 *
 * @param expected what the event must be, for the message
 * @throws InvalidEvent for all others, which says what they are without repeating values
 */
export function onlyFor<Event, Rest extends readonly unknown[], Result>(
  expected: string,
  isExpected: (event: unknown) => boolean,
  run: (event: Event, ...rest: Rest) => Promise<Result>,
): (event: Event, ...rest: Rest) => Promise<Result> {
  return async (event, ...rest) => {
    if (!isExpected(event)) throw new InvalidEvent(expected, event);
    return run(event, ...rest);
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const maxNames = 10;
const maxNameLength = 50;

function describe(event: unknown): string {
  if (Array.isArray(event)) return 'is a list';
  if (event === null || event === undefined) return 'is empty';
  if (!isObject(event)) return `is a ${typeof event}`;
  const names = Object.keys(event);
  if (names.length === 0) return 'is empty';
  const { Records: records } = event;
  const source =
    Array.isArray(records) && isObject(records[0]) ? (records[0].eventSource ?? records[0].EventSource) : undefined;
  if (source !== undefined) return `has records of ${String(source).slice(0, maxNameLength)}`;
  const shown = names.slice(0, maxNames).map((name) => name.slice(0, maxNameLength));
  return `has ${shown.join(', ')}${names.length > maxNames ? ', …' : ''}`;
}
