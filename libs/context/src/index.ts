export { backOffMs } from './back-off.js';
export { systemClock, type Clock, type Timer } from './clock.js';
export { inOrg, systemCtx, type Actor, type Ctx, type OrgCtx, type TransactionRunner, type Tx } from './ctx.js';
export { FairQueue, type FairQueueLimits, type QueueBound } from './fair-queue.js';
export { isUuid, uuidv7 } from './ids.js';
export { lifecycle, type Lifecycle } from './lifecycle.js';
export { KeyedSemaphore, type KeyedSemaphoreLimits, type Permit } from './keyed-semaphore.js';
export { printableLine, printableLines } from './printable-text.js';
export { sourceOf } from './source-of.js';
