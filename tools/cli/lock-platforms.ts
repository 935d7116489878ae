/** Completes `package-lock.json` with the optional binaries of other platforms. `npm run lock:platforms -- --help` */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as z from 'zod';

const usage = `Completes package-lock.json with the optional binaries of other platforms. npm leaves out those that the registry
it was run against does not have, a mirror for instance, and \`npm ci\` on such a platform would then go without them.
Run it after a change to the dependencies.

Usage: npm run lock:platforms`;

const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } });
if (values.help) {
  console.log(usage);
  process.exit();
}

const lockEntry = z.looseObject({
  version: z.string().optional(),
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const lockFile = z.looseObject({ packages: z.record(z.string(), lockEntry) });

const file = new URL('../../package-lock.json', import.meta.url);
const object = z.record(z.string(), z.unknown());
// Not `lockFile`: a schema of an object changes the order of its keys, which is npm's own.
const lock = object.parse(JSON.parse(readFileSync(file, 'utf8')));
const packages = object.parse(lock.packages, {
  error: () => 'package-lock.json is not a lock file of npm 7 or later.',
});

const added: string[] = [];
for (const { optionalDependencies = {}, dev } of Object.values(lockFile.parse(lock).packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const platform = /(aix|android|darwin|freebsd|linux|win32)-(x64|arm64|ia32|arm)(-musl)?$/.exec(name);
    if (platform === null || !/^\d/.test(version) || `node_modules/${name}` in packages) continue;
    const [, os, cpu, musl] = platform;
    packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu ?? ''],
      ...(dev === true ? { dev } : {}),
      ...(os === 'linux' ? { libc: [musl === undefined ? 'glibc' : 'musl'] } : {}),
      optional: true,
      os: [os ?? ''],
    };
    added.push(`${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? 'package-lock.json is complete.' : `Added to package-lock.json: ${added.join(', ')}`);
