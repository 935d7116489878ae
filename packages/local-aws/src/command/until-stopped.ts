/**
 * Resolves at the first SIGINT or SIGTERM and aborts `stopping`; a later signal ends the process at once. One Ctrl-C in
 * a terminal comes twice, from the terminal and from npm.
 */
export function untilStopped(stopping = new AbortController()): Promise<void> {
  return new Promise((resolveStopped) => {
    let firstAt = 0;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (stopping.signal.aborted) {
          if (performance.now() - firstAt > 500) process.exit(130);
          return;
        }
        firstAt = performance.now();
        stopping.abort();
        resolveStopped();
      });
    }
  });
}
