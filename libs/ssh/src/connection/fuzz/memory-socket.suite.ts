/** For fuzzing: two connected sockets in memory, with back pressure. */
import type { ByteSocket } from '../../transport/packet-writer.js';

interface Chunk {
  readonly bytes: Buffer;
  readonly done: (() => void) | undefined;
}

type Listener = (argument: never) => void;

export class MemorySocket implements ByteSocket {
  destroyed = false;
  /** All bytes written while `isRecording`. */
  readonly written: Buffer[] = [];
  isRecording = false;
  private peer!: MemorySocket;
  private readonly listeners = new Map<string, Listener[]>();
  private inbox: Chunk[] = [];
  private inboxBytes = 0;
  private isPaused = false;
  private isScheduled = false;
  /** True after the other side ended its output. */
  private isEnding = false;
  /** True after this side ended its output. */
  private hasEnded = false;

  static pair(): [MemorySocket, MemorySocket] {
    const [one, other] = [new MemorySocket(), new MemorySocket()];
    one.peer = other;
    other.peer = one;
    return [one, other];
  }

  get writableLength(): number {
    return this.peer.inboxBytes;
  }

  write(bytes: Uint8Array, done?: () => void): boolean {
    if (this.isRecording) this.written.push(Buffer.from(bytes));
    if (this.destroyed || this.peer.destroyed) {
      if (done !== undefined) process.nextTick(done);
      return false;
    }
    this.peer.inbox.push({ bytes: Buffer.from(bytes), done });
    this.peer.inboxBytes += bytes.length;
    this.peer.schedule();
    return this.writableLength < 65_536;
  }

  on(event: string, listener: Listener): void {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  end(): void {
    this.hasEnded = true;
    this.peer.isEnding = true;
    this.peer.schedule();
    this.schedule();
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.inbox = [];
    this.inboxBytes = 0;
    this.emit('close');
    this.peer.isEnding = true;
    this.peer.schedule();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.schedule();
  }

  cork(): void {}
  uncork(): void {}

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    process.nextTick(() => this.drain());
  }

  private drain(): void {
    this.isScheduled = false;
    while (!this.isPaused && this.inbox.length > 0) {
      const { bytes, done } = this.inbox.shift()!;
      this.inboxBytes -= bytes.length;
      this.emit('data', bytes);
      done?.();
    }
    if (this.isPaused || !this.isEnding || this.destroyed || this.inbox.length > 0) return;
    this.emit('end');
    if (this.hasEnded) this.destroy();
  }

  private emit(event: string, argument?: unknown): void {
    for (const listener of this.listeners.get(event) ?? []) listener(argument as never);
  }
}
