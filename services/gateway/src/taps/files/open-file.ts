import type { FileOp } from './file-fact.js';
import type { KeptFile } from './kept-content.js';
import { OpenFlag, StatusCode } from './sftp-types.js';
import { Transfer } from './transfer.js';

/** One direction of an open file. */
export interface TransferFact {
  /** Id of the content that is kept. */
  readonly id?: string;
  readonly keptBytes?: number;
  readonly op: FileOp;
  readonly error: string | undefined;
  readonly bytes: number;
  readonly sha256?: string;
  readonly isPartial: boolean;
}

/** A file that is open over SFTP, with the content that was read and written. */
export class OpenFile {
  private readonly up: Transfer | undefined;
  private readonly down: Transfer | undefined;
  private error: string | undefined;
  private isEndSeen = false;
  /** Size to which the client set the file. */
  private endSize: number | undefined;

  constructor(
    readonly path: string,
    private readonly flags: number,
    readonly at: number,
    private readonly kept?: KeptFile,
  ) {
    if (flags & OpenFlag.write) this.up = new Transfer();
    if (flags & OpenFlag.read) this.down = new Transfer();
    if (flags & OpenFlag.append) this.up?.spoil();
  }

  wrote(offset: number, data: Buffer): void {
    this.up?.add(offset, data);
    this.kept?.add(offset, data);
  }

  read(offset: number, data: Buffer): void {
    this.down?.add(offset, data);
  }

  /** Handles an answer to READ without data. */
  readEnded(offset: number, code: number, error: string | undefined): void {
    if (code !== StatusCode.endOfFile) this.fail(error ?? 'no data');
    else if (offset === this.down?.bytes) this.isEndSeen = true;
  }

  resized(size: number): void {
    this.endSize = size;
  }

  fail(error: string): void {
    this.error ??= error;
  }

  spoil(): void {
    this.up?.spoil();
    this.down?.spoil();
  }

  /** Returns the transfers, one for each direction. `size` is the file's size, if the asset sent it. */
  transfers(size: number | undefined, closeError: string | undefined): TransferFact[] {
    const error = this.error ?? closeError;
    const facts: TransferFact[] = [];
    // Old content stays behind shorter new content unless the file was truncated or is new.
    const isCut =
      this.endSize === undefined ? (this.flags & (OpenFlag.truncate | OpenFlag.exclusive)) !== 0 : this.endSize === this.up?.bytes;
    if (this.up && (this.up.bytes > 0 || !this.down || isCut || this.endSize !== undefined))
      facts.push({ ...this.keptFacts(), op: 'upload', error, ...this.up.end(isCut && error === undefined) });
    if (this.down && (this.down.bytes > 0 || !this.up)) {
      const isWhole = this.isEndSeen || this.down.bytes === size;
      facts.push({ op: 'download', error, ...this.down.end(isWhole && error === undefined) });
    }
    return facts;
  }

  private keptFacts(): Pick<TransferFact, 'id' | 'keptBytes'> {
    return this.kept ? { id: this.kept.id, keptBytes: this.kept.bytes } : {};
  }
}
