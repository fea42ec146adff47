/**
 * Reads of a socket into a buffer that all connections of the process share.
 * Node allocates a 64 KiB buffer for every read, and a bulk transfer then spends a third of its time on collecting them. A shared buffer
 * avoids that. A chunk is processed before the next read, or copied if it is kept.
 */
import { Socket } from 'node:net';
import type { ByteSocket } from './packet-writer.js';

/** Maximum of one read, in bytes. */
const READ_BYTES = 64 * 1024;

/** Gets each chunk. `isWhole` is false if more bytes are likely to be available already. */
export type ReadListener = (chunk: Buffer, isWhole: boolean) => void;

/** The reading side of one socket. It reads until it is stopped. */
export interface SocketReads {
  /** True if chunks are valid during the call only. */
  readonly areShared: boolean;
  stop(): void;
  start(): void;
}

/** Starts reading. */
export function readFrom(socket: ByteSocket, listener: ReadListener): SocketReads {
  return SharedReads.open(socket, listener) ?? new DataEvents(socket, listener);
}

/** Reads any stream. The listener may keep the chunks. */
class DataEvents implements SocketReads {
  readonly areShared = false;

  constructor(
    private readonly socket: ByteSocket,
    listener: ReadListener,
  ) {
    socket.on('data', (chunk) => listener(chunk, false));
  }

  stop(): void {
    this.socket.pause();
  }

  start(): void {
    this.socket.resume();
  }
}

const shared = Buffer.allocUnsafeSlow(READ_BYTES);

/**
 * Node's option `onread` does the same for sockets that connect, but not for accepted sockets or for those that another process passes.
 * All sockets have the fields behind that option. If a Node version lacks them, data events are used.
 */
interface ReadSlots {
  readonly handle: { useUserBuffer(buffer: Buffer): void };
  readonly buffer: symbol;
  readonly callback: symbol;
}

function slotsOf(socket: Socket): ReadSlots | undefined {
  const { _handle: handle } = socket as unknown as { _handle?: { useUserBuffer?: unknown } | null };
  const symbols = Object.getOwnPropertySymbols(socket);
  const [buffer, callback] = ['kBuffer', 'kBufferCb'].map((name) => symbols.find((symbol) => symbol.description === name));
  if (typeof handle?.useUserBuffer !== 'function' || buffer === undefined || callback === undefined) return undefined;
  return { handle: handle as ReadSlots['handle'], buffer, callback };
}

class SharedReads implements SocketReads {
  readonly areShared = true;
  private isStopped = false;
  private isInside = false;

  /** Returns `undefined` unless `socket` is a connected net.Socket from which nothing was read. */
  static open(socket: ByteSocket, listener: ReadListener): SharedReads | undefined {
    if (!(socket instanceof Socket) || socket.readableLength > 0 || socket.listenerCount('data') > 0) return undefined;
    const slots = slotsOf(socket);
    return slots && new SharedReads(socket, slots, listener);
  }

  private constructor(
    private readonly socket: Socket,
    slots: ReadSlots,
    private readonly listener: ReadListener,
  ) {
    const fields = socket as unknown as Record<symbol, unknown>;
    fields[slots.buffer] = shared;
    fields[slots.callback] = (length: number) => this.onRead(length);
    slots.handle.useUserBuffer(shared);
    socket.resume();
  }

  stop(): void {
    this.isStopped = true;
    if (!this.isInside) this.socket.pause();
  }

  start(): void {
    this.isStopped = false;
    if (!this.isInside) this.socket.resume();
  }

  /** Returns false to stop reading, which costs less than a pause of the stream. */
  private onRead(length: number): boolean {
    this.isInside = true;
    this.listener(shared.subarray(0, length), length < READ_BYTES);
    this.isInside = false;
    return !this.isStopped;
  }
}
