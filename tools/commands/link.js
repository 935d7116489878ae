// Puts the commands of this folder into node_modules/.bin, in place of those of the same names that npm has linked there:
// npm gives a dependency's command precedence over one of a workspace. Without these links everything works, but slower.
import { chmodSync, existsSync, rmSync, symlinkSync } from 'node:fs';

const bin = new URL('../../node_modules/.bin/', import.meta.url);
const commands = { sls: ['sls', 'serverless', 'osls'], compose: ['serverless-compose', 'osls-compose', 'oslsc'] };

for (const [file, names] of Object.entries(commands)) {
  chmodSync(new URL(`${file}.js`, import.meta.url), 0o755);
  for (const name of existsSync(bin) ? names : []) {
    rmSync(new URL(name, bin), { force: true });
    symlinkSync(`../../tools/commands/${file}.js`, new URL(name, bin));
  }
}
