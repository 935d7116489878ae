/** Takes an option that may be repeated, as `name value` or `name=value`, out of a command line that is handed on. */
export function takeOption(args: readonly string[], name: string): { values: string[]; rest: string[] } {
  const values: string[] = [];
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === name) {
      index += 1;
      values.push(args[index] ?? '');
    } else if (arg.startsWith(`${name}=`)) {
      values.push(arg.slice(name.length + 1));
    } else {
      rest.push(arg);
    }
  }
  return { values, rest };
}
