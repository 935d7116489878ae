/** Work that the endpoint has accepted and not finished. */
export type PendingWork = {
  readonly kind: 'queue' | 'stream' | 'consumer' | 'invocation' | 'delivery' | 'move-task' | 'stack';
  /** Of the queue, table, event source mapping, pipe, function, subscription or stack. */
  readonly name: string;
  /** What is left to do: `2 messages visible, 1 in flight`. */
  readonly reason: string;
};

/** `1 message`, `2 messages`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
