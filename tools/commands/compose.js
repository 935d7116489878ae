#!/usr/bin/env node
// serverless-compose, osls-compose and oslsc.
import { runScript } from '../run-script.js';

await runScript('cli/compose.ts');
