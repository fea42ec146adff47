/** The files and folders a client has open, by handle. */
import type { SftpFact } from './operation.js';
import { OrderedHash } from './ordered-hash.js';

/** One open file. */
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

  /** Bytes the client got. */
  addRead(offset: bigint, bytes: Buffer): void {
    this.readBytes += BigInt(bytes.length);
    this.readHash?.update(offset, bytes);
  }

  /** Bytes the client sent. */
  addWritten(offset: bigint, bytes: Buffer): void {
    this.writtenBytes += BigInt(bytes.length);
    this.writtenHash?.update(offset, bytes);
  }

  /** What to tell when it is closed, or the session ended. */
  fact(isClosed: boolean): SftpFact {
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
