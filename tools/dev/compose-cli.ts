import { createRequire } from 'node:module';

/** The file of osls-compose itself: `osls-compose` on the path is the command of this project. */
export const composeCli = createRequire(import.meta.url).resolve('@osls/compose/bin/serverless-compose');
