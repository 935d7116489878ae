// The one file that any Node can read.
import { fileURLToPath } from 'node:url';

try {
  const { launch } = await import('local-aws/launch');
  await launch(() => import('./main.ts'), {
    advice:
      'Run `npm ci && npm start`: the install brings Node 24 into node_modules and npm uses it.\n' +
      'If it did not, your npm blocked the install script of the package "node": run `npm rebuild node`, or install Node 24.',
    cacheFolder: fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)),
  });
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !/Cannot find package|node_modules/.test(error.message)) throw error;
  process.stderr.write(`${error.message}\nRun \`npm ci\` first.\n`);
  process.exitCode = 1;
}
