import { startEngineProcess } from '#local/dynamodb/engine-process.ts';
import { findEngine } from '#local/dynamodb/find-engine.ts';

/** A running DynamoDB engine, empty at first and kept in memory. */
export type DynamoDbEngine = AsyncDisposable & { readonly endpoint: string };

/** Starts the engine on a free port. Stop it with `await using` or `[Symbol.asyncDispose]()`. */
export async function startDynamoDbEngine(): Promise<DynamoDbEngine> {
  const engine = await startEngineProcess({
    binary: findEngine(),
    databaseFile: undefined,
    onExit(reason) {
      throw new Error(reason);
    },
  });
  return { endpoint: `http://127.0.0.1:${engine.port}`, [Symbol.asyncDispose]: () => engine.close() };
}
