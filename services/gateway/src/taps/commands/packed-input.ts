import { createGunzip, createZstdDecompress, constants } from 'node:zlib';

/** Most packed bytes to look into. */
const HEAD_BYTES = 64 * 1024;
/** Most unpacked bytes to look at: a few bytes can unpack to gigabytes. */
const UNPACKED_BYTES = 256 * 1024;
const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Keeps the beginning of input that is packed with gzip or zstd, to find commands in it: `tar --to-command=sh` runs the files of an archive. */
export class PackedInput {
  private parts: Buffer[] = [];
  private bytes = 0;
  private isOther = false;

  add(data: Buffer): void {
    if (this.isOther || data.length === 0 || this.bytes >= HEAD_BYTES) return;
    if (this.bytes === 0) this.isOther = data[0] !== GZIP[0] && data[0] !== ZSTD[0];
    if (this.isOther) return;
    this.parts.push(Buffer.from(data.subarray(0, HEAD_BYTES - this.bytes)));
    this.bytes += Math.min(data.length, HEAD_BYTES - this.bytes);
  }

  /** Unpacks the beginning, off the event loop. Resolves to nothing if the input is not packed. Never throws. */
  async unpack(): Promise<Buffer> {
    const head = Buffer.concat(this.parts);
    const isGzip = head.subarray(0, 2).equals(GZIP);
    if (!isGzip && !head.subarray(0, 4).equals(ZSTD)) return Buffer.alloc(0);
    const stream = isGzip ? createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }) : createZstdDecompress();
    const unpacked: Buffer[] = [];
    let bytes = 0;
    stream.end(head);
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        unpacked.push(chunk);
        bytes += chunk.length;
        if (bytes >= UNPACKED_BYTES) break;
      }
    } catch {
      // The head of a longer stream ends too early; what was unpacked until then is enough.
    }
    return Buffer.concat(unpacked).subarray(0, UNPACKED_BYTES);
  }
}
