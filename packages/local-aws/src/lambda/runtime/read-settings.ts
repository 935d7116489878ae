import { readFrameSync } from './channel.ts';
import type { AssignmentHeader, EnvironmentSettings, SpareHeader } from './messages.ts';

/** Waits until the function of this process is known, and gives the process the function's variables and directory. */
export function readSettings(): EnvironmentSettings {
  // The shell that started this process set them.
  // biome-ignore lint/style/noProcessEnv: the function's own environment
  for (const name of ['PWD', 'OLDPWD', 'SHLVL', '_']) delete process.env[name];

  const first: AssignmentHeader | SpareHeader = JSON.parse(readFrameSync().header);
  if (!('isSpare' in first)) return first;
  // Nearly every function calls AWS, and loading these takes about as long as starting Node.
  for (const name of ['https', 'zlib', 'async_hooks']) process.getBuiltinModule(name);
  const { variables, ...settings }: AssignmentHeader = JSON.parse(readFrameSync().header);
  // biome-ignore lint/style/noProcessEnv: the function's own environment
  Object.assign(process.env, variables);
  process.chdir(settings.taskRoot);
  return settings;
}
