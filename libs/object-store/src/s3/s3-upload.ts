import type { Client } from 'minio';
import { inChunks } from './in-chunks.js';

/** Size of a part. S3 allows 10,000 parts, so an object of unknown length may have 80 GB. Memory holds one part. */
const PART_BYTES = 8 * 1024 * 1024;

/** A call of the store with translated errors and retries. */
export type Retried = <T>(call: () => Promise<T>) => Promise<T>;

/** Stores a stream of unknown length: one put if it fits a part, else a multipart upload that is aborted if anything fails. */
export async function putStream(
  client: Client,
  bucket: string,
  key: string,
  source: AsyncIterable<Uint8Array>,
  retried: Retried,
): Promise<number> {
  const chunks = inChunks(source, PART_BYTES);
  const first = await chunks.next();
  const head = first.done === true ? Buffer.alloc(0) : first.value;
  if (head.length < PART_BYTES) {
    await retried(() => client.putObject(bucket, key, head));
    return head.length;
  }
  return new Multipart(client, bucket, key, retried).send(head, chunks);
}

class Multipart {
  private readonly etags: { part: number; etag: string }[] = [];

  constructor(
    private readonly client: Client,
    private readonly bucket: string,
    private readonly key: string,
    private readonly retried: Retried,
  ) {}

  async send(head: Buffer, rest: AsyncIterable<Buffer>): Promise<number> {
    const id = await this.retried(() => this.client.initiateNewMultipartUpload(this.bucket, this.key, {}));
    try {
      await this.part(id, head);
      let bytes = head.length;
      for await (const chunk of rest) {
        await this.part(id, chunk);
        bytes += chunk.length;
      }
      await this.retried(() => this.client.completeMultipartUpload(this.bucket, this.key, id, this.etags));
      return bytes;
    } catch (error) {
      // A store that can't be reached keeps the parts until its lifecycle rule removes them; the first error is the one to report.
      await this.client.abortMultipartUpload(this.bucket, this.key, id).catch(() => undefined);
      throw error;
    }
  }

  private async part(uploadID: string, chunk: Buffer): Promise<void> {
    const partNumber = this.etags.length + 1;
    const place = { bucketName: this.bucket, objectName: this.key, uploadID, partNumber, headers: { 'Content-Length': chunk.length } };
    const { etag } = await this.retried(() => this.client.uploadPart(place, chunk));
    this.etags.push({ part: partNumber, etag });
  }
}
