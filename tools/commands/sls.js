#!/usr/bin/env node
// sls, serverless and osls: the Serverless CLI, with a cache of compiled code. It takes a second to load, so what needs
// no CLI comes first.
import { fileURLToPath } from 'node:url';
import { runScript } from '../run-script.js';

const isWholeProject = process.cwd() === fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');
const asksAboutItself = process.argv.slice(2).every((arg) => arg.startsWith('-'));
await runScript(isWholeProject && !asksAboutItself ? 'cli/compose.ts' : 'cli/serverless.ts');
