import type { EngineDatabase } from './engine-database.ts';

/**
 * Deletes the items of all tables from the engine's database, with their copies in indexes. Streams get no records of
 * it: functions that consume them would run for each item.
 */
export async function emptyTables(database: EngineDatabase): Promise<void> {
  const tables = database.rows(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND
       (name IN (SELECT table_name FROM _tables) OR
        substr(name, 1, instr(name, '::') - 1) IN (SELECT table_name FROM _tables))`,
  );
  for (const { name } of tables) await database.change(`DELETE FROM "${String(name)}"`);
}
