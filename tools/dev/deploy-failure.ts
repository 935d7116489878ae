const shownLines = 25;

/**
 * The end of what a failed deploy printed, for a console: each line once, since the Serverless CLI and osls-compose both
 * tell the reason, without the traces of their own code, and without the services that were deployed meanwhile.
 */
export function deployFailure(output: string): string {
  const told = output
    .split('\n')
    // The log that this speaks of is osls-compose's own; the whole output is in ours.
    .filter(
      (line) =>
        !/^(?:\S+ › )?(?:\s*$|\s+at .+(?::\d+\)?|\(<anonymous>\)|\(native\))$|Verbose logs are available)/.test(line),
    );
  const failed = new Set(told.filter((line) => line.endsWith(' › error')).map(serviceOf));
  const ofFailed = told.filter((line) => failed.size === 0 || [undefined, ...failed].includes(serviceOf(line)));
  return [...new Set(ofFailed)].slice(-shownLines).join('\n');
}

/** The service that a line of osls-compose is about. */
function serviceOf(line: string): string | undefined {
  return /^(\S+) › /.exec(line)?.[1];
}
