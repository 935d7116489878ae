import * as z from 'zod';

/** A command for a process of the Serverless CLI. */
export const cliCommandSchema = z.object({
  args: z.array(z.string()),
  /** The folder of the service. */
  folder: z.string(),
  /** What the process writes after the output of the command, to either stream. */
  end: z.string(),
});

export type CliCommand = z.infer<typeof cliCommandSchema>;

/** How a command ended. */
export const cliResultSchema = z.object({ exitCode: z.number() });

/** Has a process, which gets its first command later than another one, load the bundler meanwhile. */
export const bundlerAhead = '--bundler-ahead';
