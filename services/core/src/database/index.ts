export { bigintColumn } from './bigint-column.js';
export { createDataSource, SCHEMA } from './data-source.js';
export { Database } from './database.js';
