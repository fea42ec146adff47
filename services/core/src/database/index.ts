export { namingConnectionLoss } from './connection-loss.js';
export { containing } from './containing.js';
export { createDataSource } from './data-source.js';
export { Database } from './database.js';
export { DatabaseModule } from './database.module.js';
export { connectDatabase, openDatabase, type OpenDatabase } from './open-database.js';
export { orderBy } from './ordering.js';
export { migrate, schemaIsBehind } from './schema-state.js';
export { violatedConstraint } from './violated-constraint.js';
