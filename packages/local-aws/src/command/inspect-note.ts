/** What a command prints about the port for debuggers. */
export function inspectNote(port: number): string {
  return `Debuggers find functions at 127.0.0.1:${port}, each when it has been called once: http://127.0.0.1:${port}/json/list`;
}
