import { SshReader, SshWriter } from '../ssh/index.js';

/** A terminal as the client requested it (RFC 4254 §6.2). */
export interface Terminal {
  readonly term: string;
  readonly cols: number;
  readonly rows: number;
  /** The payload of the request as it came, with all modes: the asset receives it unchanged. */
  readonly payload: Buffer;
}

/** The bound of columns and rows for the terminal emulator, which allocates by them. The asset receives the size that the client sent. */
const MAX_SIDE = 1000;

/** Reads a string as UTF-8. SSH does not promise that it is: other bytes become U+FFFD. */
const readLenient = (reader: SshReader): string => reader.readString().toString('utf8');

const side = (characters: number, fallback: number): number => (characters === 0 ? fallback : Math.min(characters, MAX_SIDE));

export function readPtyRequest(payload: Buffer): Terminal {
  const reader = new SshReader(payload);
  const term = readLenient(reader).slice(0, 256);
  return { term, cols: side(reader.readUint32(), 80), rows: side(reader.readUint32(), 24), payload };
}

/** Returns the same terminal, modes unchanged, at another size. */
export function resized(terminal: Terminal, { cols, rows }: { cols: number; rows: number }): Terminal {
  if (cols === terminal.cols && rows === terminal.rows) return terminal;
  const reader = new SshReader(terminal.payload);
  const term = reader.readString();
  for (let skipped = 0; skipped < 4; skipped += 1) reader.readUint32();
  const payload = new SshWriter()
    .writeString(term)
    .writeUint32(cols)
    .writeUint32(rows)
    .writeUint32(0)
    .writeUint32(0)
    .writeBytes(reader.readRest())
    .finish();
  return { ...terminal, cols, rows, payload };
}

/** Reads a window-change request (RFC 4254 §6.7). */
export function readWindowChange(payload: Buffer): { cols: number; rows: number } {
  const reader = new SshReader(payload);
  return { cols: side(reader.readUint32(), 80), rows: side(reader.readUint32(), 24) };
}

/** Reads the name of the variable of an env request (RFC 4254 §6.4). */
export const readVariableName = (payload: Buffer): string => readLenient(new SshReader(payload));

/** Reads the one string of a request: a command line or the name of a subsystem. */
export const readOneString = (payload: Buffer): string => readLenient(new SshReader(payload));

/** Returns the payload of an exit-status request. */
export const exitStatusPayload = (status: number): Buffer => new SshWriter().writeUint32(status).finish();
