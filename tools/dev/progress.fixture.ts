/** Shows how far a deploy is, until somebody has seen it. */
import { startProgress } from './progress.ts';

const progress = startProgress(process.stdout);
const tasks = { name: 'tasks', state: 'waiting', detail: '' } as const;
progress.update([{ name: 'platform', state: 'done', detail: '' }, tasks]);
progress.update([
  { name: 'platform', state: 'done', detail: '' },
  { ...tasks, state: 'deploying', detail: '(1 s)' },
]);
setInterval(() => {}, 60_000);
