import type { JsonObject } from '../core/json.ts';
import type { Engine } from './engine.ts';

/** The names of all tables. */
export async function* existingTables(engine: Engine): AsyncGenerator<string> {
  let page: JsonObject = {};
  do {
    const { LastEvaluatedTableName: last } = page;
    page = await engine.call('ListTables', last === undefined ? {} : { ExclusiveStartTableName: last });
    yield* Array.isArray(page.TableNames) ? page.TableNames.map(String) : [];
  } while (page.LastEvaluatedTableName !== undefined);
}
