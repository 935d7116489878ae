import { CliPool } from './cli-pool.ts';

let pool: CliPool | undefined;

/** The processes of the Serverless CLI of a deploy, which see the environment as the component of osls-compose sets it. */
export function deployPool(): CliPool {
  const environment = { ...process.env, SLS_DISABLE_AUTO_UPDATE: '1', SLS_COMPOSE: '1' };
  pool ??= new CliPool(environment, Number(process.env.DEPLOY_OUTDATED ?? 1));
  return pool;
}
