/** The parts of the `local-aws` command, for a start command of your own that does more than start the endpoint. */

export type { ActivityStyle } from './activity/show-activity.ts';
export { inspectNote } from './command/inspect-note.ts';
export { endpointOptions, endpointUsage, readEndpointOptions, readInspect, UsageError } from './command/options.ts';
export { failureText, StartError, type StartOptions, startFromCommandLine } from './command/start.ts';
export { untilStopped } from './command/until-stopped.ts';
export type { CodePlace, SourceOf } from './lambda/function-errors.ts';
