#!/usr/bin/env node
import { launch } from './launch.js';

await launch(() => import('./main.ts'), {
  advice: 'Install Node 24.3 or later, or run `npx -p node@24 local-aws`.',
});
