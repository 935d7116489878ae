const shownLines = 25;

/**
 * The end of what a failed deploy printed, for a console: each line once, since the Serverless CLI and osls-compose both
 * tell the reason, and without the traces of their own code.
 */
export function deployFailure(output: string): string {
  const told = output
    .split('\n')
    // The log that this speaks of is osls-compose's own; the whole output is in ours.
    .filter(
      (line) =>
        !/^(?:\S+ › )?(?:\s*$|\s+at .+(?::\d+\)?|\(<anonymous>\)|\(native\))$|Verbose logs are available)/.test(line),
    );
  return [...new Set(told)].slice(-shownLines).join('\n');
}
