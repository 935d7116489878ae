/** Makes a service that deploys. `npm run new-service -- --help` */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readProject } from '#tools/dev/project.ts';
import { addToCompose, addToUserPool } from './register-service.ts';
import { renderFiles } from './render-files.ts';
import { type Api, serviceNames } from './service-names.ts';

const usage = `Makes a service that deploys: an API with two routes, a table, tests, events for invoke local, README and specification.

Usage: npm run new-service -- <name> [options]

  <name>            lower-case words joined by hyphens, in the plural: book-notes. It is the name of the stack, of the
                    scopes and of the path of the API

Options:
  --api <kind>      the API: rest (default) or http
  --item <name>     what one of them is called; default: the name without its s, or <name>-item
  --help            show this text

It refuses names that are taken and overwrites no file. Besides new files it adds the service to serverless-compose.yml
and its scopes to services/platform/user-pool.yml.`;

const root = join(import.meta.dirname, '..', '..');

/** Files that get an entry for the service. */
const registers = {
  'serverless-compose.yml': addToCompose,
  [join('services', 'platform', 'user-pool.yml')]: addToUserPool,
};

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      api: { type: 'string', default: 'rest' },
      item: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new Error('Give one name: npm run new-service -- <name>');
  if (!isApi(values.api)) throw new Error(`--api takes rest or http, not ${JSON.stringify(values.api)}.`);

  const names = serviceNames(name, values.api, values.item);
  if (readProject(root).some((service) => service.name === name)) {
    throw new Error(`serverless-compose.yml has a service ${name} already.`);
  }
  if (existsSync(join(root, 'services', name))) throw new Error(`services/${name} exists already.`);
  const files = renderFiles(values.api, names);
  const existing = [...files.keys()].filter((file) => existsSync(join(root, file)));
  if (existing.length > 0) throw new Error(`${existing.join(', ')} exists already.`);
  const registered = Object.entries(registers).map(([file, add]) => {
    return [file, add(readFileSync(join(root, file), 'utf8'), names)] as const;
  });

  for (const [file, text] of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text, { flag: 'wx' });
    console.log(`made     ${file}`);
  }
  for (const [file, text] of registered) {
    writeFileSync(join(root, file), text);
    console.log(`changed  ${file}`);
  }
  format([...files.keys()].filter((file) => file.endsWith('.ts') || file.endsWith('.json')));
  console.log(nextSteps(name));
}

function isApi(value: string): value is Api {
  return value === 'rest' || value === 'http';
}

/** The names decide where lines break and how imports are sorted. Without the linter, biome need not read the project. */
function format(files: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync('biome', ['check', '--write', '--linter-enabled=false', ...files], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`biome could not format the files:\n${stdout}${stderr}`);
}

function nextSteps(name: string): string {
  return `
Next:
  npm start -- --services ${name}    deploys it, on http://api.localhost:4566/${name}
  npx jest services/${name}          runs its tests
  services/${name}/README.md         say what the service is for, and add it to the table in README.md
  CONTRIBUTING.md                    how to add routes, functions, parameters`;
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
