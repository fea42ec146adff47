/** A channel as a Node stream: for short tasks, and for an SSH connection that runs through a channel of another one. */
import { Duplex, Readable } from 'node:stream';
import type { Channel } from './channel.js';
import type { ChannelHandler } from './channel-handler.js';
import type { ChannelKind } from './channel-kind.js';
import type { ChannelRequest } from './channel-request.js';
import type { SshConnection } from './ssh-connection.js';

/** Options of a channel stream. */
export interface ChannelStreamOptions {
  /** Grants or refuses a request, as ChannelHandler's `request`. Without it every request is refused. */
  readonly request?: (request: ChannelRequest) => boolean | Promise<boolean>;
}

type Done = (error?: Error | null) => void;

/**
 * A Duplex over a channel. Reading grants the peer credit; writing waits until the peer's window allows it.
 * `end` sends EOF and leaves the other direction open; `destroy` closes the channel.
 * `stderr` must be read too, or `resume`d, if the peer may write to it: both streams share one window.
 */
export class ChannelStream extends Duplex {
  readonly stderr = new Readable({ read: () => this.grantCredit('uncreditedStderrBytes') });
  /** Pass it to `accept` or `openChannel`, then call `attach`. */
  readonly handler: ChannelHandler;
  private channel: Channel | undefined;
  private uncreditedBytes = 0;
  private uncreditedStderrBytes = 0;
  private pendingBytes: Buffer | undefined;
  private pendingDone: Done | undefined;

  constructor(options: ChannelStreamOptions = {}) {
    super({ allowHalfOpen: true });
    this.handler = {
      data: (bytes, stream) => this.onBytes(bytes, stream),
      eof: () => this.endReading(),
      closed: (reason) => this.onClosed(reason),
      writable: () => this.continueWrite(),
      ...(options.request !== undefined && { request: options.request }),
    };
  }

  /** Sets the channel that uses this stream's handler. */
  attach(channel: Channel): this {
    this.channel = channel;
    this.continueWrite();
    return this;
  }

  /** Implements Duplex. */
  override _read(): void {
    this.grantCredit('uncreditedBytes');
  }

  /** Implements Duplex. */
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.pendingBytes = chunk;
    this.pendingDone = done;
    this.continueWrite();
  }

  /** Implements Duplex. */
  override _final(done: Done): void {
    this.channel?.sendEof();
    done();
  }

  /** Implements Duplex. */
  override _destroy(error: Error | null, done: Done): void {
    this.channel?.close();
    this.stderr.destroy();
    done(error);
  }

  private onBytes(bytes: Buffer, stream: number): void {
    const copy = Buffer.from(bytes);
    const isTaken = stream === 0 ? this.push(copy) : this.stderr.push(copy);
    if (stream === 0) this.uncreditedBytes += bytes.length;
    else this.uncreditedStderrBytes += bytes.length;
    if (isTaken) this.grantCredit(stream === 0 ? 'uncreditedBytes' : 'uncreditedStderrBytes');
  }

  private grantCredit(counter: 'uncreditedBytes' | 'uncreditedStderrBytes'): void {
    const bytes = this[counter];
    this[counter] = 0;
    if (bytes > 0 && this.channel !== undefined) this.channel.consume(bytes);
    else this[counter] = bytes;
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

  private continueWrite(): void {
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

/** Opens a channel (RFC 4254 §5.1) and returns it as a stream. Rejects with ChannelOpenFailed. */
export async function openStream(connection: SshConnection, kind: ChannelKind, options: ChannelStreamOptions = {}): Promise<ChannelStream> {
  const stream = new ChannelStream(options);
  return stream.attach(await connection.openChannel(kind, stream.handler));
}
