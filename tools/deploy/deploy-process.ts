/** Runs osls-compose for a deploy to the endpoint. The Serverless CLI, which takes longer to load, starts beside it. */
import { createRequire } from 'node:module';
import { composeCli } from '#tools/dev/compose-cli.ts';
import { deployPool } from './deploy-pool.ts';

deployPool();
createRequire(import.meta.url)(composeCli);
