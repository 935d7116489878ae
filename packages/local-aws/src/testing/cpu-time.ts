/** The processor's time that something takes, in milliseconds: it does not matter what else runs on the machine. */
export function cpuMilliseconds(run: () => void): number {
  const began = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}
