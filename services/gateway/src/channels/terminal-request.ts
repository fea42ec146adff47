import { SshReader, SshWriter } from '../ssh/index.js';

/** A terminal as the client asked for it (RFC 4254 §6.2). */
export interface Terminal {
  readonly term: string;
  readonly cols: number;
  readonly rows: number;
  /** The request's payload as it came, with all its modes: it goes to the asset unchanged. */
  readonly payload: Buffer;
}

/** Sizes that would make a terminal emulator allocate without bound are cut; what the asset gets is not changed. */
const MAX_SIDE = 1000;

/** Nothing says that these bytes are UTF-8: what is not is shown as such. */
const readLenient = (reader: SshReader): string => reader.readString().toString('utf8');

const side = (characters: number, fallback: number): number => (characters === 0 ? fallback : Math.min(characters, MAX_SIDE));

export function readPtyRequest(payload: Buffer): Terminal {
  const reader = new SshReader(payload);
  const term = readLenient(reader).slice(0, 256);
  return { term, cols: side(reader.readUint32(), 80), rows: side(reader.readUint32(), 24), payload };
}

/** The same terminal at another size, its modes as they came. */
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

/** A window-change (RFC 4254 §6.7). */
export function readWindowChange(payload: Buffer): { cols: number; rows: number } {
  const reader = new SshReader(payload);
  return { cols: side(reader.readUint32(), 80), rows: side(reader.readUint32(), 24) };
}

/** The only variables that pass: language (RFC 4254 §6.4; what Debian's and RHEL's sshd accept too). */
const PASSING_VARIABLE = /^(LANG|LC_[A-Z]+)$/;

export function mayPass(envPayload: Buffer): boolean {
  return PASSING_VARIABLE.test(readLenient(new SshReader(envPayload)));
}

/** What a request carries as its one string: a command line, a subsystem's name. */
export const readOneString = (payload: Buffer): string => readLenient(new SshReader(payload));

/** The payload of an exit-status request. */
export const exitStatusPayload = (status: number): Buffer => new SshWriter().writeUint32(status).finish();
