import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@sallyport/context';
import { DATA_PROCESS, type DataOrder } from '../messages.js';
import { DataChild, type DataChildHandlers } from './data-child.js';

/**
 * V8's flags of data processes. The young generation stays small: logins fill it with garbage, and it keeps its size afterwards. Garbage is
 * collected when memory has tripled: V8 counts the bytes of recorded output too, and would search the whole heap every 4 MiB of them.
 */
const EXEC_ARGV = [...process.execArgv, '--max-semi-space-size=4', '--heap-growing-percent=200'];
const MAIN = fileURLToPath(new URL('../../main.js', import.meta.url));

/** Starts data processes from the same program, with the same settings and the same log output. */
export const forkDataProcess =
  (clock: Clock, program = MAIN) =>
  (order: DataOrder, handlers: DataChildHandlers): DataChild =>
    // 'advanced' serializes NaN and infinity, which metrics contain. JSON does not.
    new DataChild(fork(program, [DATA_PROCESS], { serialization: 'advanced', execArgv: EXEC_ARGV }), order, handlers, clock);
