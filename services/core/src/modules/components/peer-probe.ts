import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import type { Job } from '../../platform/index.js';
import type { Heartbeat } from './component.repository.js';
import { Components } from './components.service.js';

/** A peer that core calls. */
export interface Peer {
  readonly kind: 'recorder' | 'indexer';
  readonly address: string;
  /** Resolves when a connection to the peer is up and its certificate was checked. */
  waitForReady(ms: number): Promise<void>;
}

export const PEERS = Symbol('Peers');

const ANSWER_MS = 2_000;

/** Records heartbeats of the peers that core calls, and of core itself. Gateways and workers send their own. */
@Injectable()
export class PeerProbe implements Job {
  readonly name = 'peer-probe';
  readonly everyMs = 10_000;
  readonly isFirstAtStart = true;
  readonly #self: Heartbeat = { id: `core-${hostname()}-${process.pid}`, kind: 'core', address: '', sessionCount: 0 };

  constructor(
    private readonly components: Components,
    @Inject(PEERS) private readonly peers: readonly Peer[],
  ) {}

  async run(ctx: Ctx): Promise<void> {
    await this.components.recordHeartbeat(ctx, this.#self);
    await Promise.all(this.peers.map((peer) => this.probe(ctx, peer)));
    await this.components.deleteSilent(ctx);
  }

  private async probe(ctx: Ctx, peer: Peer): Promise<void> {
    const { kind, address } = peer;
    const isReady = await peer.waitForReady(ANSWER_MS).then(
      () => true,
      () => false,
    );
    if (isReady) await this.components.recordHeartbeat(ctx, { id: `${kind}-${address}`, kind, address, sessionCount: 0 });
  }
}
