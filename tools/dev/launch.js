// The one file that any Node can read: it tells who starts it with an old Node what to do, then hands over.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 3)) {
  process.stderr.write(
    `Node ${process.versions.node} is too old: functions run on nodejs24.x here as they do on AWS.\n` +
      'Run `npm ci && npm start`: the install brings Node 24 into node_modules and npm uses it.\n' +
      'If it did not, your npm blocked the install script of the package "node": run `npm rebuild node`, or install Node 24.\n',
  );
  process.exit(1);
}
module.enableCompileCache?.(fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)));
try {
  await import('./main.ts');
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !/Cannot find package|node_modules/.test(error.message)) throw error;
  process.stderr.write(`${error.message}\nRun \`npm ci\` first.\n`);
  process.exitCode = 1;
}
