import type { Socket } from 'node:net';
import type { Clock } from '@sallyport/context';
import { inRanges, type AddressRange } from '../address-ranges.js';
import { parseProxyHeader } from './proxy-header.js';

/** The limits of the headers of load balancers. */
export interface LoadBalancerLimits {
  /** The longest time until the header is complete. */
  readonly timeoutMs: number;
  /** The most connections whose header is not complete. */
  readonly waiting: number;
}

/** The client behind a load balancer. */
export interface ProxiedClient {
  /** Absent: the load balancer itself, or a client that it does not name. */
  readonly address: string | undefined;
  /** Bytes behind the header, which were read with it. */
  readonly head: Buffer | undefined;
}

/**
 * Reads the PROXY headers of connections from load balancers. A connection from another address is never asked for one: what it sends is left
 * to SSH, so that no client can choose its address.
 */
export class LoadBalancers {
  /** Returns true for the address of a load balancer. */
  readonly has: (address: string) => boolean;
  private readonly reading = new Set<Socket>();

  /** Creates them; undefined without ranges. */
  static of(ranges: readonly AddressRange[], limits: LoadBalancerLimits, clock: Clock): LoadBalancers | undefined {
    return ranges.length === 0 ? undefined : new LoadBalancers(ranges, limits, clock);
  }

  private constructor(
    ranges: readonly AddressRange[],
    private readonly limits: LoadBalancerLimits,
    private readonly clock: Clock,
  ) {
    this.has = inRanges(ranges);
  }

  /** Closes the connections whose header is not complete. */
  close(): void {
    for (const socket of this.reading) socket.destroy();
  }

  /**
   * Reads the header of a paused socket whose `highWaterMark` is 0, and nothing behind what came with it. Calls `onClient` once, or `onRefused` if
   * it is wrong or there are too many; a socket that closes before or takes too long is only closed.
   */
  read(socket: Socket, onClient: (client: ProxiedClient) => void, onRefused: () => void): void {
    if (this.reading.size >= this.limits.waiting) return onRefused();
    this.reading.add(socket);
    const timer = this.clock.timeout(this.limits.timeoutMs, () => socket.destroy());
    const stop = (): void => {
      this.reading.delete(socket);
      timer.cancel();
      socket.off('readable', onReadable).off('end', onEnd).off('close', stop);
    };
    const onEnd = (): void => void socket.destroy();
    let bytes = Buffer.alloc(0);
    const onReadable = (): void => {
      const piece = socket.read() as Buffer | null;
      if (piece === null) return;
      bytes = Buffer.concat([bytes, piece]);
      const header = parseProxyHeader(bytes);
      // With a high-water mark of 0 the kernel is read again only after this, so that the next process finds all that comes later.
      if (header.state === 'more') return void socket.read();
      stop();
      if (header.state === 'invalid') return onRefused();
      onClient({ address: header.client, head: bytes.length > header.length ? bytes.subarray(header.length) : undefined });
    };
    socket.on('readable', onReadable).on('end', onEnd).on('close', stop);
  }
}
