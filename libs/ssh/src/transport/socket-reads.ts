/**
 * How bytes come from a socket. Node makes a new 64 KiB buffer for every read, and a bulk transfer then spends a third of its time on
 * collecting them. So a net.Socket is given one buffer that all connections of the process share: what is read is worked off before the
 * next read, or copied by whoever keeps it.
 */
import { Socket } from 'node:net';
import type { ByteSocket } from './packet-writer.js';

/** Most that one read takes, in bytes. */
const READ_BYTES = 64 * 1024;

/** Gets what was read. `isWhole` is false when more is likely to be there already. */
export type ReadListener = (chunk: Buffer, isWhole: boolean) => void;

/** The reading side of one socket, which reads until it is stopped. */
export interface SocketReads {
  /** True when chunks are valid during the call only. */
  readonly areShared: boolean;
  stop(): void;
  start(): void;
}

/** Reads from now on. */
export function readFrom(socket: ByteSocket, listener: ReadListener): SocketReads {
  return SharedReads.open(socket, listener) ?? new DataEvents(socket, listener);
}

/** Any stream: chunks are the listener's own. */
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
 * Node offers this as the option `onread` to sockets that connect, but not to those that a server accepts or that another process hands
 * over. All have the places for it; a Node that has them no more gets data events.
 */
interface ReadPlaces {
  readonly handle: { useUserBuffer(buffer: Buffer): void };
  readonly buffer: symbol;
  readonly callback: symbol;
}

function placesOf(socket: Socket): ReadPlaces | undefined {
  const { _handle: handle } = socket as unknown as { _handle?: { useUserBuffer?: unknown } | null };
  const symbols = Object.getOwnPropertySymbols(socket);
  const [buffer, callback] = ['kBuffer', 'kBufferCb'].map((name) => symbols.find((symbol) => symbol.description === name));
  if (typeof handle?.useUserBuffer !== 'function' || buffer === undefined || callback === undefined) return undefined;
  return { handle: handle as ReadPlaces['handle'], buffer, callback };
}

class SharedReads implements SocketReads {
  readonly areShared = true;
  private isStopped = false;
  private isInside = false;

  /** Undefined for anything but a connected net.Socket that nothing was read from. */
  static open(socket: ByteSocket, listener: ReadListener): SharedReads | undefined {
    if (!(socket instanceof Socket) || socket.readableLength > 0 || socket.listenerCount('data') > 0) return undefined;
    const places = placesOf(socket);
    return places && new SharedReads(socket, places, listener);
  }

  private constructor(
    private readonly socket: Socket,
    places: ReadPlaces,
    private readonly listener: ReadListener,
  ) {
    const slots = socket as unknown as Record<symbol, unknown>;
    slots[places.buffer] = shared;
    slots[places.callback] = (length: number) => this.onRead(length);
    places.handle.useUserBuffer(shared);
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

  /** False stops the reading, which costs less than a pause of the stream. */
  private onRead(length: number): boolean {
    this.isInside = true;
    this.listener(shared.subarray(0, length), length < READ_BYTES);
    this.isInside = false;
    return !this.isStopped;
  }
}
