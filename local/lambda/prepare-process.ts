import { setFlagsFromString } from 'node:v8';

/** What workers cannot have for themselves, because it belongs to the whole process. */
export function prepareProcess(): void {
  // Functions live in UTC.
  // biome-ignore lint/style/noProcessEnv: the only way to set a process's time zone
  process.env.TZ = 'UTC';
  // TurboFan drops the interrupt check from loops that call nothing but builtins, so that
  // `while (true) list.push(new Array(9))` could be neither timed out nor measured. Maglev keeps it, for some 10 % of speed.
  setFlagsFromString('--no-turbofan');
}
