import { useEffect, useRef, useState } from 'preact/hooks';
import { dataVersion } from './system.ts';

export type Loaded<T> = {
  readonly data: T | undefined;
  readonly error: string | undefined;
  readonly reload: () => void;
};

/**
 * Reads data when the screen opens, when `key` changes, and after resets. What was read before stays in view until
 * the new data is there; of another key it does not.
 */
export function useData<T>(key: string, load: () => Promise<T>, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: string }>({ key });
  const [round, setRound] = useState(0);
  const newest = useRef(0);
  const version = dataVersion.value;
  // `load` is a new function in each rendering; `key` identifies the data.
  useEffect(() => {
    newest.current += 1;
    const mine = newest.current;
    load().then(
      (data) => mine === newest.current && setState({ key, data }),
      (error: unknown) =>
        mine === newest.current && setState({ key, error: error instanceof Error ? error.message : String(error) }),
    );
  }, [key, round, version]);
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => document.hidden || setRound((last) => last + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  const isCurrent = state.key === key;
  return {
    data: isCurrent ? state.data : undefined,
    error: isCurrent ? state.error : undefined,
    reload: () => setRound((last) => last + 1),
  };
}
