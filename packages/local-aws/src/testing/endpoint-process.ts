/** A process with an endpoint for a test file. It ends with the process that started it. */
import { inspect } from 'node:util';
import * as z from 'zod';
import { startEndpoint } from '../endpoint.ts';

const optionsSchema = z.object({
  iam: z.boolean().optional(),
  persist: z.string().optional(),
  allowedHosts: z.array(z.string()).optional(),
  limits: z.object({ divisor: z.number().positive() }).optional(),
});

const endpoint = await startEndpoint({
  ...optionsSchema.parse(JSON.parse(process.argv[2] ?? '{}')),
  onError: (error) => process.stderr.write(`The endpoint failed: ${inspect(error)}\n`),
});

process.once('disconnect', () => endpoint.close().then(() => process.exit()));
// A Ctrl-C reaches the whole process group; the test runner decides when this process ends.
process.on('SIGINT', () => {});
process.send?.({ url: endpoint.url });
