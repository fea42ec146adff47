import { hostname } from 'node:os';
import { bytes, hostPort, loadConfig, meshSettings, port, seconds } from '@sallyport/config';
import { z } from 'zod';

/** The gateway's settings. */
export const gatewaySettings = z.object({
  ...meshSettings,
  GATEWAY_ID: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,110}$/, 'may hold up to 110 letters, digits, ".", "_" and "-"')
    .default(`${hostname()}-${process.pid}`)
    .describe('unique among gateways and their restarts'),
  GATEWAY_DATA_PROCESSES: z.coerce
    .number<string>()
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe('number of processes that serve connections; default: one per CPU core, at least 2'),
  GATEWAY_SSH_HOST: z.string().default('127.0.0.1').describe('address that users connect to'),
  GATEWAY_SSH_PORT: port().default(2222).describe('port that users connect to'),
  GATEWAY_HEALTH_HOST: z.string().default('127.0.0.1').describe('address of the health server'),
  GATEWAY_HEALTH_PORT: port().default(7412).describe('port of the health server'),
  GATEWAY_CORE_ADDRESS: hostPort().describe('host:port of core’s gRPC'),
  GATEWAY_RECORDER_ADDRESS: hostPort().describe('host:port of the recorder’s gRPC'),
  GATEWAY_HOST_KEY_FILE: z.string().min(1).describe('private host key files, OpenSSH or PEM, comma separated; one per key type is used'),
  GATEWAY_SPOOL_DIR: z.string().min(1).describe('folder for frames that the recorder has not taken yet; must survive restarts'),
  GATEWAY_SPOOL_MAX_BYTES: bytes()
    .default(1024 ** 3)
    .describe('bound of that folder, for all processes together'),
  GATEWAY_LOGIN_GRACE_SECONDS: seconds().default(30).describe('time that a client has to sign in'),
  GATEWAY_MAX_AUTH_TRIES: z.coerce.number<string>().int().min(1).max(20).default(6).describe('wrong proofs that one connection may send'),
  GATEWAY_DRAIN_SECONDS: seconds().default(30).describe('time that sessions may go on after SIGTERM'),
});

export type GatewayConfig = z.output<typeof gatewaySettings>;

/** Reads the settings from the environment. Prints every problem and exits if there is one. */
export const loadGatewayConfig = (): Readonly<GatewayConfig> => loadConfig(gatewaySettings, { prefix: 'GATEWAY_' }, process.env);
