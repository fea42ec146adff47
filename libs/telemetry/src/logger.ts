import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { errorFields } from './error-fields.js';
import { logLine } from './log-line.js';

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

/**
 * Creates a logger that writes one JSON line per event and hides secrets by field name. A line has no character that a terminal obeys, and at
 * most 4 KiB, whatever a client sent. Never log whole requests.
 */
export function createLogger({ service, level = 'info', destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: errorFields },
    redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[hidden]' },
  };
  const sink: DestinationStream = destination ?? pino.destination({ fd: 1, sync: true });
  return pino(options, { write: (line: string) => sink.write(logLine(line)) });
}
