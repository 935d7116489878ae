/** `timestamp` is in milliseconds since the epoch. */
export type LogEvent = { readonly timestamp: number; readonly message: string };

/** Where functions and API stages write; CloudWatch Logs reads from it, metric filters and EMF listen to it. */
export type LogSink = {
  /** Appends to a stream, making group and stream when they are missing. */
  append(group: string, stream: string, events: readonly LogEvent[]): void;
  /** Calls `listener` for everything that is appended from now on. */
  onAppend(listener: (group: string, stream: string, events: readonly LogEvent[]) => void): void;
};

/** The log groups that there are, by name. */
export type LogGroups = {
  has(group: string): boolean;
  /** Calls `listener` for every group that is deleted from now on. */
  onDelete(listener: (group: string) => void): void;
};
