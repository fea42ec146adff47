export { Outbox } from './outbox.js';
export { OutboxModule } from './outbox.module.js';
export { insertFactSql } from './outbox.sql.js';
