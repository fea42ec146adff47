/** A channel as a Node stream: for tasks that are not in a hurry, and for SSH connections that run through a channel of another. */
import { Duplex, Readable } from 'node:stream';
import type { Channel } from './channel.js';
import type { ChannelHandler } from './channel-handler.js';
import type { ChannelKind } from './channel-kind.js';
import type { ChannelRequest } from './channel-request.js';
import type { SshConnection } from './ssh-connection.js';

/** What arrives on a channel beside its bytes. */
export interface ChannelStreamOptions {
  /** As ChannelHandler's `request`; without it all are refused. */
  readonly request?: (request: ChannelRequest) => boolean | Promise<boolean>;
}

type Done = (error?: Error | null) => void;

/**
 * Reading gives the peer credit, writing waits for the peer's; `end` sends EOF and leaves the other direction open; `destroy` closes the
 * channel. `stderr` must be read too, or `resume`d, when the peer may write to it: both share one window.
 */
export class ChannelStream extends Duplex {
  readonly stderr = new Readable({ read: () => this.pay('stderrOwed') });
  /** Give this to `accept` or `openChannel`, then call `attach`. */
  readonly handler: ChannelHandler;
  private channel: Channel | undefined;
  private owed = 0;
  private stderrOwed = 0;
  private pendingBytes: Buffer | undefined;
  private pendingDone: Done | undefined;

  constructor(options: ChannelStreamOptions = {}) {
    super({ allowHalfOpen: true });
    this.handler = {
      data: (bytes, stream) => this.onBytes(bytes, stream),
      eof: () => this.endReading(),
      closed: (reason) => this.onClosed(reason),
      writable: () => this.writeOn(),
      ...(options.request !== undefined && { request: options.request }),
    };
  }

  /** The channel whose handler this stream's is. */
  attach(channel: Channel): this {
    this.channel = channel;
    this.writeOn();
    return this;
  }

  /** Stream machinery. */
  override _read(): void {
    this.pay('owed');
  }

  /** Stream machinery. */
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.pendingBytes = chunk;
    this.pendingDone = done;
    this.writeOn();
  }

  /** Stream machinery. */
  override _final(done: Done): void {
    this.channel?.sendEof();
    done();
  }

  /** Stream machinery. */
  override _destroy(error: Error | null, done: Done): void {
    this.channel?.close();
    this.stderr.destroy();
    done(error);
  }

  private onBytes(bytes: Buffer, stream: number): void {
    const copy = Buffer.from(bytes);
    const isTaken = stream === 0 ? this.push(copy) : this.stderr.push(copy);
    if (stream === 0) this.owed += bytes.length;
    else this.stderrOwed += bytes.length;
    if (isTaken) this.pay(stream === 0 ? 'owed' : 'stderrOwed');
  }

  private pay(account: 'owed' | 'stderrOwed'): void {
    const bytes = this[account];
    this[account] = 0;
    if (bytes > 0 && this.channel !== undefined) this.channel.consume(bytes);
    else this[account] = bytes;
  }

  private endReading(): void {
    this.push(null);
    this.stderr.push(null);
  }

  private onClosed(reason?: Error): void {
    if (!this.readableEnded) this.endReading();
    const { pendingDone } = this;
    this.pendingBytes = undefined;
    this.pendingDone = undefined;
    pendingDone?.(reason ?? new Error('The peer closed the channel'));
    this.emit('channel-closed');
    if (reason !== undefined || this.writableFinished) this.once('end', () => this.destroy());
  }

  private writeOn(): void {
    const { channel, pendingBytes, pendingDone } = this;
    if (channel === undefined || pendingBytes === undefined) return;
    const sent = channel.send(pendingBytes);
    if (sent < pendingBytes.length) {
      this.pendingBytes = pendingBytes.subarray(sent);
      return;
    }
    this.pendingBytes = undefined;
    this.pendingDone = undefined;
    pendingDone?.();
  }
}

/** Opens a channel and hands it out as a stream; rejects as `openChannel` does. */
export async function openStream(connection: SshConnection, kind: ChannelKind, options: ChannelStreamOptions = {}): Promise<ChannelStream> {
  const stream = new ChannelStream(options);
  return stream.attach(await connection.openChannel(kind, stream.handler));
}
