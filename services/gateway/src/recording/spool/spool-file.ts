import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '@sallyport/context';
import { decodeFrame, MAX_FRAME_BYTES } from '@sallyport/recording-format';
import type { Logger } from '@sallyport/telemetry';
import type { SpoolSpace } from './spool-space.js';
import { type FrameRun, type HeldFrame, runOf } from '../frame-run.js';

/** Distance between the marks from which reading may start. */
const MARK_BYTES = 64 * 1024;
/** Target size of a run that is read back. */
const RUN_BYTES = 512 * 1024;
const RETRY_MS = 1_000;

/** Collaborators of spool files. */
export interface SpoolDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly space: SpoolSpace;
}

/** Creates the spool file of a session, after the file before is removed. */
export type SpoolMaker = (after: Promise<unknown>) => SpoolFile;

interface Mark {
  readonly seq: bigint;
  readonly at: number;
}

/** Content of a file that is opened again. */
export interface SpoolContent {
  readonly marks: readonly Mark[];
  readonly bytes: number;
  readonly lastSeq: bigint;
}

/**
 * Frames of one session on disk, in the order of their numbers. Appending never waits: frames are written in the background, all that wait at once,
 * and then synced. While the disk fails, they stay in memory and are written again.
 */
export class SpoolFile {
  private waiting: HeldFrame[] = [];
  private waitingBytes = 0;
  private writing: Promise<void> | undefined;
  private hasBegun: boolean;
  private readonly marks: Mark[];
  private end: number;
  private written: number;
  private isRemoved = false;
  /** True if the last write failed. */
  isFailing = false;
  lastSeq: bigint;

  /** A new file begins with `header` and is created after `after` resolves, when the file of that name is removed. An old file has `content`. */
  constructor(
    readonly path: string,
    private readonly deps: SpoolDeps,
    private readonly start: { readonly header: Buffer; readonly after: Promise<unknown> } | { readonly content: SpoolContent },
  ) {
    const content = 'content' in start ? start.content : { marks: [], bytes: start.header.length, lastSeq: 0n };
    this.marks = [...content.marks];
    this.end = this.written = content.bytes;
    this.lastSeq = content.lastSeq;
    this.hasBegun = 'content' in start;
    deps.space.reserve(this.end);
  }

  /** Returns the size of the file when everything is written. */
  get bytes(): number {
    return this.end;
  }

  /** Returns the bytes that are not written yet. */
  get unwrittenBytes(): number {
    return this.waitingBytes;
  }

  /** Returns the number of the first frame; undefined if there is none. */
  get firstSeq(): bigint | undefined {
    return this.marks[0]?.seq;
  }

  append(frame: HeldFrame): void {
    const last = this.marks.at(-1);
    if (last === undefined || this.end - last.at >= MARK_BYTES) this.marks.push({ seq: frame.seq, at: this.end });
    this.end += frame.bytes.length;
    this.deps.space.reserve(frame.bytes.length);
    this.lastSeq = frame.seq;
    this.waiting.push(frame);
    this.waitingBytes += frame.bytes.length;
    this.writing ??= this.writeAll();
  }

  /** Resolves when everything appended is on disk, or the file is removed. */
  async sync(): Promise<void> {
    await this.writing;
  }

  /** Returns the frames from `fromSeq` on, or from the first after it, up to the size of a run. Returns undefined if there are none. */
  async read(fromSeq: bigint): Promise<FrameRun | undefined> {
    if (fromSeq > this.lastSeq) return undefined;
    await this.sync();
    const mark = this.marks.findLast((one) => one.seq <= fromSeq) ?? this.marks[0];
    if (mark === undefined || this.isRemoved) return undefined;
    const bytes = await this.bytesAt(mark.at);
    const frames: HeldFrame[] = [];
    let size = 0;
    for (let at = 0; size < RUN_BYTES; ) {
      const frame = decodeFrame(bytes, at, mark.at);
      if (frame === undefined) break;
      at += frame.bytes.length;
      if (frame.seq < fromSeq) continue;
      if (frames.length > 0 && frame.seq !== frames.at(-1)!.seq + 1n) break;
      frames.push({ seq: frame.seq, bytes: frame.bytes });
      size += frame.bytes.length;
    }
    return frames.length === 0 ? undefined : runOf(frames);
  }

  /** Removes the file and drops later frames. If that fails, the file is overwritten later, or shipped again by the next gateway. */
  async remove(): Promise<void> {
    await this.finish();
    await rm(this.path, { force: true }).catch((error: unknown) =>
      this.deps.logger.error({ err: error, file: this.path }, 'a spool file could not be removed'),
    );
  }

  /** Renames the file, for an operator to look at. */
  async quarantine(path: string): Promise<void> {
    await this.sync();
    await this.finish();
    await rename(this.path, path).catch((error: unknown) =>
      this.deps.logger.error({ err: error, file: this.path }, 'a spool file could not be quarantined'),
    );
  }

  private async finish(): Promise<void> {
    if (!this.isRemoved) this.deps.space.release(this.end);
    this.isRemoved = true;
    this.waiting = [];
    this.waitingBytes = 0;
    await this.writing;
  }

  private bytesAt(at: number): Promise<Buffer> {
    return this.opened(async (file) => {
      const bytes = Buffer.alloc(Math.min(this.written - at, MARK_BYTES + MAX_FRAME_BYTES + RUN_BYTES + MAX_FRAME_BYTES));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
      return bytes.subarray(0, bytesRead);
    });
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0 && !this.isRemoved) {
      try {
        await this.writeWaiting();
        this.isFailing = false;
      } catch (error) {
        this.isFailing = true;
        this.deps.logger.error({ err: error, file: this.path }, 'the spool cannot be written, trying again');
        await this.deps.clock.sleep(RETRY_MS);
      }
    }
    this.writing = undefined;
  }

  private async writeWaiting(): Promise<void> {
    const count = this.waiting.length;
    const bytes = Buffer.concat(this.waiting.map((frame) => frame.bytes));
    await this.opened(async (file) => {
      // At a fixed position, so that a write that failed half way can be repeated.
      for (let done = 0; done < bytes.length; )
        done += (await file.write(bytes, done, bytes.length - done, this.written + done)).bytesWritten;
      await file.datasync();
    });
    this.written += bytes.length;
    this.waiting = this.waiting.slice(count);
    this.waitingBytes -= Math.min(this.waitingBytes, bytes.length);
  }

  /** Opens the file for one use: thousands of sessions may spool at once, and a descriptor each would be too many. */
  private async opened<T>(work: (file: FileHandle) => Promise<T>): Promise<T> {
    await this.begin();
    const file = await open(this.path, 'r+');
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  }

  /** Creates the file. The folder is synced too, or a power cut could lose the whole file. */
  private async begin(): Promise<void> {
    if (this.hasBegun || !('header' in this.start)) return;
    await this.start.after;
    await writeFile(this.path, this.start.header, { mode: 0o600 });
    const folder = await open(dirname(this.path), 'r');
    await folder.sync().finally(() => folder.close());
    this.hasBegun = true;
  }
}
