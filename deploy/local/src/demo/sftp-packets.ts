import { SshReader, SshWriter } from '@sallyport/ssh';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { Sftp, writeAttributes, type Attributes, type FileEntry } from './sftp-wire.js';

/** Longest request, as OpenSSH's sftp-server has it. */
const MAX_PACKET_BYTES = 256 * 1024;

/** Splits the bytes of a channel into packets, without their length. Throws Error for one that is too long. */
export async function* packetsOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = [];
  let held = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    held += chunk.length;
    if (held < neededBytes(chunks)) continue;
    let bytes: Buffer = Buffer.concat(chunks, held);
    for (let size = neededBytes([bytes]); bytes.length >= size; size = neededBytes([bytes])) {
      yield bytes.subarray(4, size);
      bytes = bytes.subarray(size);
    }
    chunks = [bytes];
    held = bytes.length;
  }
}

/** Returns the bytes of the first packet with its length; 5 until that is known. */
function neededBytes(chunks: readonly Buffer[]): number {
  const first = (chunks[0]?.length ?? 0) >= 4 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  if (first.length < 4) return 5;
  const length = first.readUInt32BE(0);
  if (length > MAX_PACKET_BYTES || length === 0) throw new Error(`an SFTP packet of ${length} bytes`);
  return 4 + length;
}

/** Sends the answers of SFTP. */
export class SftpAnswers {
  constructor(private readonly stream: Duplex) {}

  version(): Promise<void> {
    return this.send(new SshWriter().writeByte(Sftp.VERSION).writeUint32(3));
  }

  status(id: number, code: number, message = ''): Promise<void> {
    return this.send(this.head(Sftp.STATUS, id).writeUint32(code).writeString(message).writeString(''));
  }

  handle(id: number, handle: Buffer): Promise<void> {
    return this.send(this.head(Sftp.HANDLE, id).writeString(handle));
  }

  data(id: number, bytes: Buffer): Promise<void> {
    return this.send(this.head(Sftp.DATA, id).writeString(bytes));
  }

  attrs(id: number, attributes: Attributes): Promise<void> {
    const writer = this.head(Sftp.ATTRS, id);
    writeAttributes(writer, attributes);
    return this.send(writer);
  }

  name(id: number, entries: readonly FileEntry[]): Promise<void> {
    const writer = this.head(Sftp.NAME, id).writeUint32(entries.length);
    for (const { filename, longname, attrs } of entries) {
      writer.writeString(filename).writeString(longname);
      writeAttributes(writer, attrs);
    }
    return this.send(writer);
  }

  private head(type: number, id: number): SshWriter {
    return new SshWriter().writeByte(type).writeUint32(id);
  }

  private async send(writer: SshWriter): Promise<void> {
    const packet = new SshWriter(writer.length + 4).writeString(writer.finish()).finish();
    if (!this.stream.write(packet)) await once(this.stream, 'drain');
  }
}

/** Returns the reader of a packet's fields, its type and its request id; the id of INIT is its version. */
export function openPacket(packet: Buffer): { readonly type: number; readonly id: number; readonly reader: SshReader } {
  const reader = new SshReader(packet);
  return { type: reader.readByte(), id: reader.readUint32(), reader };
}
