import { AppError } from '@sallyport/errors';
import type { Position } from '../store/index.js';

/** A cursor that the indexer did not create. */
export class CursorInvalid extends AppError {
  readonly code = 'CURSOR_INVALID';
  readonly kind = 'invalid';
  constructor(cursor: string) {
    const shown = cursor.length > 80 ? `${cursor.slice(0, 80)}…` : cursor;
    super(
      `The cursor "${shown}" was not returned by a search: copy it whole from the page before, or leave it out to begin with the newest`,
    );
  }
}

const VERSION = 1;
/** Version, milliseconds since 1970, id. */
const BYTES = 1 + 6 + 16;
/** Latest date that every store can compare with. */
const LATEST = new Date('9999-12-31T23:59:59.999Z');

/** Encodes a position in the list as opaque text. */
export function encodeCursor({ timestamp, id }: Position): string {
  const bytes = Buffer.alloc(BYTES);
  bytes.writeUInt8(VERSION, 0);
  bytes.writeUIntBE(timestamp.getTime(), 1, 6);
  bytes.write(id.replaceAll('-', ''), 7, 'hex');
  return bytes.toString('base64url');
}

/** Decodes a position. Throws CursorInvalid. */
export function decodeCursor(cursor: string): Position {
  const bytes = Buffer.from(cursor, 'base64url');
  // Node ignores letters that are not base64; encoding again reveals them.
  if (bytes.length !== BYTES || bytes[0] !== VERSION || bytes.toString('base64url') !== cursor) throw new CursorInvalid(cursor);
  const timestamp = new Date(bytes.readUIntBE(1, 6));
  if (timestamp > LATEST) throw new CursorInvalid(cursor);
  return { timestamp, id: bytes.toString('hex', 7).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') };
}
