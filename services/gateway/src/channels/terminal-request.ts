import { MAX_TERM, VARIABLE_LIMITS, type Resize, type Variable } from '@sallyport/recording-format';
import { SshReader, SshWriter } from '../ssh/index.js';

/** A terminal as the client requested it (RFC 4254 §6.2). */
export interface Terminal {
  readonly term: string;
  readonly cols: number;
  readonly rows: number;
  /** Size in pixels; 0 if the client does not know it. */
  readonly width_px: number;
  readonly height_px: number;
  /** True if the client asks for a terminal that does not echo (RFC 4254 §8, ECHO). */
  readonly isEchoOff: boolean;
  /** The payload of the request for the asset, with all modes as they came. Its TERM and sizes are those of the fields above. */
  readonly payload: Buffer;
}

/** The bound of columns and rows: terminals count them with 16 bits. */
const MAX_SIDE = 65_535;

/** Reads a string as UTF-8. SSH does not promise that it is: other bytes become U+FFFD. */
const readLenient = (reader: SshReader): string => reader.readString().toString('utf8');

const side = (characters: number, fallback: number): number => (characters === 0 ? fallback : Math.min(characters, MAX_SIDE));

export function readPtyRequest(payload: Buffer): Terminal {
  const reader = new SshReader(payload);
  // A command can run the value of TERM, so the asset receives what the recording has.
  const term = readLenient(reader).slice(0, MAX_TERM).toWellFormed();
  const sent = { cols: reader.readUint32(), rows: reader.readUint32(), width_px: reader.readUint32(), height_px: reader.readUint32() };
  const size = { ...sent, cols: side(sent.cols, 80), rows: side(sent.rows, 24) };
  // A size of 0, for unknown, is for the asset to judge.
  const passed = { ...size, cols: Math.min(sent.cols, size.cols), rows: Math.min(sent.rows, size.rows) };
  const modes = reader.readRest();
  return { term, ...size, isEchoOff: isEchoOff(modes), payload: ptyPayload(term, passed, modes) };
}

const ECHO = 53;
/** Opcodes below this one have a number of 32 bits each; the first other one ends the modes. */
const MODES_END = 160;

/** Returns true if the last ECHO of the modes is off. Without one the asset decides, and echoes. */
function isEchoOff(field: Buffer): boolean {
  const modes = field.subarray(4, 4 + (field.length < 4 ? 0 : field.readUInt32BE()));
  let isOff = false;
  for (let at = 0; at + 5 <= modes.length; at += 5) {
    const opcode = modes[at] ?? 0;
    if (opcode === 0 || opcode >= MODES_END) break;
    if (opcode === ECHO) isOff = modes.readUInt32BE(at + 1) === 0;
  }
  return isOff;
}

type Size = Required<Resize>;

const readSize = (reader: SshReader): Size => ({
  cols: side(reader.readUint32(), 80),
  rows: side(reader.readUint32(), 24),
  width_px: reader.readUint32(),
  height_px: reader.readUint32(),
});

const ptyPayload = (term: string, { cols, rows, width_px, height_px }: Size, modes: Buffer): Buffer =>
  new SshWriter()
    .writeString(term)
    .writeUint32(cols)
    .writeUint32(rows)
    .writeUint32(width_px)
    .writeUint32(height_px)
    .writeBytes(modes)
    .finish();

/** Returns the same terminal, modes unchanged, at another size. */
export function resized(terminal: Terminal, { cols, rows }: { cols: number; rows: number }): Terminal {
  if (cols === terminal.cols && rows === terminal.rows) return terminal;
  const reader = new SshReader(terminal.payload);
  reader.readString();
  readSize(reader);
  const size = { cols, rows, width_px: 0, height_px: 0 };
  return { ...terminal, ...size, payload: ptyPayload(terminal.term, size, reader.readRest()) };
}

/** Reads a window-change request (RFC 4254 §6.7). */
export const readWindowChange = (payload: Buffer): Size => readSize(new SshReader(payload));

/** Reads the variable of an env request (RFC 4254 §6.4). Returns undefined for one that cannot be recorded: too long, or not UTF-8. */
export function readVariable(payload: Buffer): Variable | undefined {
  const reader = new SshReader(payload);
  const [nameBytes, valueBytes] = [reader.readString(), reader.readString()];
  const [name, value] = [nameBytes.toString('utf8'), valueBytes.toString('utf8')];
  const isSame = Buffer.from(name).equals(nameBytes) && Buffer.from(value).equals(valueBytes);
  return isSame && name !== '' && name.length <= VARIABLE_LIMITS.name && value.length <= VARIABLE_LIMITS.value
    ? { name, value }
    : undefined;
}

/** Reads the one string of a request: a command line or the name of a subsystem. */
export const readOneString = (payload: Buffer): string => readLenient(new SshReader(payload));

/** Returns the payload of an exit-status request. */
export const exitStatusPayload = (status: number): Buffer => new SshWriter().writeUint32(status).finish();

/** Returns the size in pixels for the recording; nothing if the client did not send one. */
export const pixelsOf = ({ width_px, height_px }: Size): Pick<Resize, 'width_px' | 'height_px'> =>
  width_px === 0 && height_px === 0 ? {} : { width_px, height_px };
