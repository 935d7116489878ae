import { prepareDatabaseFile } from './database-file.ts';
import { type EngineProcess, type EngineProcessOptions, startEngineProcess } from './engine-process.ts';
import { findEngine } from './find-engine.ts';

export { type EngineAddress, freeEngineAddress, portsThatBrowsersRefuse } from './engine-address.ts';

/** A running DynamoDB engine. It starts empty, and its tables are deleted with it. */
export type DynamoDbEngine = AsyncDisposable & EngineProcess & { readonly endpoint: string };

/** Starts the engine on a free port. Stop it with `await using` or `[Symbol.asyncDispose]()`. */
export async function startDynamoDbEngine(options: Partial<EngineProcessOptions> = {}): Promise<DynamoDbEngine> {
  const database = prepareDatabaseFile(undefined);
  const engine = await startEngineProcess({
    binary: findEngine(),
    databaseFile: database.path,
    onExit(reason) {
      throw new Error(reason);
    },
    ...options,
  }).catch((error: unknown) => {
    database.release();
    throw error;
  });
  const { host, port } = engine.address;
  return {
    ...engine,
    endpoint: `http://${host}:${port}`,
    async [Symbol.asyncDispose]() {
      await engine.close();
      database.release();
    },
  };
}
