import { prepareDatabaseFile } from 'local-aws/dynamodb/database-file';
import { type EngineProcess, type EngineProcessOptions, startEngineProcess } from 'local-aws/dynamodb/engine-process';
import { findEngine } from 'local-aws/dynamodb/find-engine';

/** A running DynamoDB engine, empty at first, and deleted with its tables in the end. */
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
