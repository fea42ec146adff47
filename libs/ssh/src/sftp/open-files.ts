/** The files and directories that a client has opened, by handle. */
import type { SftpEvent } from './operation.js';
import { OrderedHash } from './ordered-hash.js';

/** One open file or directory. */
export class OpenFile {
  readBytes = 0n;
  writtenBytes = 0n;
  private readonly readHash: OrderedHash | undefined;
  private readonly writtenHash: OrderedHash | undefined;

  constructor(
    readonly path: string,
    readonly isFolder: boolean,
    hashes: boolean,
  ) {
    this.readHash = hashes && !isFolder ? new OrderedHash() : undefined;
    this.writtenHash = hashes && !isFolder ? new OrderedHash() : undefined;
  }

  /** Counts bytes that the client read. */
  addRead(offset: bigint, bytes: Buffer): void {
    this.readBytes += BigInt(bytes.length);
    this.readHash?.update(offset, bytes);
  }

  /** Counts bytes that the client wrote. */
  addWritten(offset: bigint, bytes: Buffer): void {
    this.writtenBytes += BigInt(bytes.length);
    this.writtenHash?.update(offset, bytes);
  }

  /** Returns the event for the end of the file: it was closed, or the session ended. */
  closedEvent(isClosed: boolean): SftpEvent {
    const { path, readBytes, writtenBytes } = this;
    return {
      kind: 'transfer',
      path,
      readBytes,
      writtenBytes,
      readSha256: this.readHash?.digest(),
      writtenSha256: this.writtenHash?.digest(),
      isClosed,
    };
  }
}
