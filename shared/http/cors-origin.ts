import * as z from 'zod/mini';
import { readEnv } from '../env.ts';
import { once } from '../once.ts';

const corsEnv = z.object({ CORS_ALLOW_ORIGIN: z._default(z.string(), '*') });

/** The origin whose pages may read our answers: the parameter `corsOrigin` of the deployment. */
export const allowedOrigin = once(() => readEnv(corsEnv).CORS_ALLOW_ORIGIN);
