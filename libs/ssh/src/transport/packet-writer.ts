/** Encrypts packets in slabs and sends all packets of one turn of the event loop in one write (RFC 4253 §6). */
import { PAYLOAD_OFFSET, type PacketSealer } from '../crypto/index.js';
import { OutboundSlabs } from './outbound-slabs.js';

/**
 * The socket of a transport: a net.Socket, or a Duplex with the same contract.
 * Bytes passed to `write` are not read any more once `writableLength` has fallen to 0.
 */
export interface ByteSocket {
  readonly writableLength: number;
  readonly destroyed: boolean;
  write(bytes: Uint8Array, done?: () => void): boolean;
  end(): void;
  destroy(): void;
  cork(): void;
  uncork(): void;
  pause(): void;
  resume(): void;
  on(event: 'data', listener: (chunk: Buffer) => void): void;
  on(event: 'end' | 'close', listener: () => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  setNoDelay?(isOn: boolean): void;
}

/** The outbound direction of a connection. Packets leave in the order of the calls. */
export class PacketWriter {
  /** Counters since the last NEWKEYS. */
  bytes = 0;
  packets = 0;
  private sequence = 0;
  private readonly slabs = new OutboundSlabs();
  private run: Buffer | undefined;
  private runStart = 0;
  private runEnd = 0;
  private readonly runs: Buffer[] = [];
  private pendingBytes = 0;
  private isFlushScheduled = false;
  private isClosed = false;

  /**
   * @param sealer encrypts the first packets.
   * @param onWritten called some time after each write, when the socket has taken it.
   */
  constructor(
    private readonly socket: ByteSocket,
    private sealer: PacketSealer,
    private readonly onWritten: () => void,
  ) {}

  /** Returns the current packet layout, for the relay's fast path. */
  get framing(): PacketSealer {
    return this.sealer;
  }

  /** Returns the number of encrypted bytes that the socket has not taken yet. */
  get backlog(): number {
    return this.pendingBytes + this.socket.writableLength;
  }

  /** Uses new keys from the next packet on. */
  useSealer(sealer: PacketSealer, resetsSequence: boolean): void {
    this.sealer.dispose();
    this.sealer = sealer;
    this.bytes = 0;
    this.packets = 0;
    if (resetsSequence) this.sequence = 0;
  }

  /** Copies, encrypts and queues one payload, which may come in two pieces. */
  send(head: Uint8Array, body?: Uint8Array): void {
    if (this.isClosed) return;
    const length = head.length + (body?.length ?? 0);
    const place = this.slabs.reserve(this.sealer.sealedLength(length));
    const { start } = this.slabs;
    place.set(head, start + PAYLOAD_OFFSET);
    if (body !== undefined) place.set(body, start + PAYLOAD_OFFSET + head.length);
    this.append(place, start, this.sealer.seal(place, start, length, this.sequence));
  }

  /** Encrypts a decrypted packet from the buffer of another transport, which does not need it afterwards. */
  reseal(buffer: Buffer, offset: number, packetLength: number): void {
    if (this.isClosed) return;
    const place = this.slabs.reserve(4 + packetLength + this.sealer.tagLength);
    const { start } = this.slabs;
    this.append(place, start, this.sealer.reseal(buffer, offset, packetLength, place, start, this.sequence));
  }

  /** Queues bytes that are not a packet: the identification line. */
  sendRaw(bytes: Buffer): void {
    const place = this.slabs.reserve(bytes.length);
    const { start } = this.slabs;
    place.set(bytes, start);
    this.queue(place, start, bytes.length);
  }

  /** Writes all queued bytes to the socket in one write. */
  flush(): void {
    this.isFlushScheduled = false;
    if (this.run === undefined || this.isClosed) return;
    this.endRun();
    this.pendingBytes = 0;
    this.writeRuns();
    this.slabs.taken(this.socket.writableLength);
  }

  /** Stops sending and wipes the keys. */
  dispose(): void {
    this.isClosed = true;
    this.run = undefined;
    this.runs.length = 0;
    this.pendingBytes = 0;
    this.slabs.clear();
    this.sealer.dispose();
  }

  private readonly written = (): void => {
    if (!this.isClosed) this.slabs.taken(this.backlog);
    this.onWritten();
  };

  private writeRuns(): void {
    const { runs, socket } = this;
    if (runs.length > 1) socket.cork();
    for (let index = 0; index < runs.length; index += 1) {
      socket.write(runs[index]!, index === runs.length - 1 ? this.written : undefined);
    }
    if (runs.length > 1) socket.uncork();
    runs.length = 0;
  }

  private append(buffer: Buffer, start: number, length: number): void {
    this.sequence = (this.sequence + 1) >>> 0;
    this.packets += 1;
    this.bytes += length;
    this.queue(buffer, start, length);
  }

  private queue(buffer: Buffer, start: number, length: number): void {
    this.slabs.commit(length);
    this.pendingBytes += length;
    if (this.run === buffer && this.runEnd === start) {
      this.runEnd += length;
    } else {
      this.endRun();
      this.run = buffer;
      this.runStart = start;
      this.runEnd = start + length;
    }
    if (this.isFlushScheduled) return;
    this.isFlushScheduled = true;
    process.nextTick(flushWriter, this);
  }

  private endRun(): void {
    if (this.run === undefined) return;
    this.runs.push(this.run.subarray(this.runStart, this.runEnd));
    this.run = undefined;
  }
}

const flushWriter = (writer: PacketWriter): void => writer.flush();
