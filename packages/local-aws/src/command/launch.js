// Files that any Node can read start a command: they tell users of an old Node what to do, then hand over.
import module from 'node:module';

/**
 * Runs `run`, which imports the command, with a cache of compiled code.
 *
 * @param {() => Promise<unknown>} run
 * @param {{ advice: string, cacheFolder?: string }} options `advice` says how to get Node 24
 */
export async function launch(run, { advice, cacheFolder }) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 24 || (major === 24 && minor < 3)) {
    process.stderr.write(
      `Node ${process.versions.node} is too old: functions run on nodejs24.x here as they do on AWS.\n${advice}\n`,
    );
    process.exitCode = 1;
    return;
  }
  module.enableCompileCache?.(cacheFolder);
  await run();
}
