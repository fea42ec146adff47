import { pino, type Logger as PinoLogger } from 'pino';

/** A structured logger. */
export type Logger = PinoLogger;

/** Settings of a logger. */
export interface LoggerOptions {
  service: string;
  level?: string;
  /** Destination of the lines; standard output by default. */
  destination?: { write(line: string): void };
}

/** Field names whose values never reach a log, wherever they stand up to two levels deep. */
const SECRET_FIELDS = [
  'password',
  'secret',
  'token',
  'private_key',
  'privateKey',
  'passphrase',
  'credential',
  'authorization',
  'continuation',
  'answers',
  'pem',
];

/** Creates a logger that writes one JSON line per event and hides secrets by field name. Never log whole requests. */
export function createLogger({ service, level = 'info', destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[hidden]' },
  };
  return destination ? pino(options, destination) : pino(options);
}
