import type { ComponentChildren } from 'preact';
import type { Loaded } from '../state/use-data.ts';
import { Failure, Skeleton } from './state.tsx';

type LoadedProps<T> = {
  readonly loaded: Loaded<T>;
  readonly children: (data: T) => ComponentChildren;
};

/** Shows data, or that it is on its way, or why it could not be read. */
export function LoadedView<T>({ loaded: { data, error, reload }, children }: LoadedProps<T>) {
  return (
    <>
      {error !== undefined && <Failure message={error} onRetry={reload} />}
      {data === undefined ? error === undefined && <Skeleton /> : children(data)}
    </>
  );
}
