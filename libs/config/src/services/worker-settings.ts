import { hostname } from 'node:os';
import { z } from 'zod';
import { peerAddress, port } from '../fields.js';
import { meshSettings } from '../mesh-settings.js';

/** The worker's settings. */
export const workerSettings = z.object({
  ...meshSettings,
  WORKER_ID: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,128}$/, 'may hold letters, digits, ".", "_" and "-"')
    .default(`${hostname()}-${process.pid}`)
    .describe('unique among workers'),
  WORKER_HEALTH_HOST: z.string().default('127.0.0.1').describe('address of the health server'),
  WORKER_HEALTH_PORT: port().default(7415).describe('port of the health server'),
  WORKER_CORE_ADDRESS: peerAddress().describe('host:port of core’s gRPC'),
  WORKER_CONCURRENCY: z.coerce.number<string>().int().min(1).max(256).default(8).describe('tasks that run at once'),
});
