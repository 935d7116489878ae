import { parentPort, workerData } from 'node:worker_threads';
import { type LintTask, lintSets } from './lint-sets.ts';

const task: LintTask = workerData;
parentPort?.postMessage(await lintSets(task));
