export { connectDatabase } from './connect-database.ts';
export { type Database, impatient, openDatabase, patient, type Query, type Row } from './database.ts';
export { DatabaseFault, DatabaseOutage, isDatabaseOutage, isViolation } from './database-errors.ts';
export { type DatabaseAddress, parseDatabaseUrl } from './database-url.ts';
export { readDurabilityFault } from './durability.ts';
export { migrate, readSchema, requireSchema, SchemaError } from './schema.ts';
export { defineStatement } from './statement.ts';
export { databaseVariables } from './variables.ts';
export { createDatabaseProbe } from './write-probe.ts';
