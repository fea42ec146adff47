import { hostname } from 'node:os';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { systemCtx, type Clock, type Ctx } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import { CLOCK, LOGGER, Rounds } from '../../platform/index.js';
import type { SignOfLife } from './component.repository.js';
import { Components } from './components.service.js';

/** A peer that core calls. */
export interface Peer {
  readonly kind: 'recorder' | 'indexer';
  readonly address: string;
  /** Resolves when there is a connection with the peer's own certificate at the other end. */
  waitForReady(ms: number): Promise<void>;
}

export const PEERS = Symbol('Peers');

const EVERY_MS = 10_000;
const ANSWER_MS = 2_000;

/** Gateways and workers call core; the peers that core calls are looked up here, and core says of itself that it is there. */
@Injectable()
export class PeerProbe implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #self: SignOfLife = { id: `core-${hostname()}-${process.pid}`, kind: 'core', address: '', sessionCount: 0 };
  readonly #rounds: Rounds;

  constructor(
    private readonly components: Components,
    @Inject(PEERS) private readonly peers: readonly Peer[],
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#rounds = new Rounds(clock, EVERY_MS, () => this.look());
  }

  onApplicationBootstrap(): void {
    this.#rounds.go();
    this.#rounds.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.#rounds.stop();
  }

  private async look(): Promise<void> {
    const ctx = systemCtx('peer-probe');
    try {
      await this.components.seen(ctx, this.#self);
      await Promise.all(this.peers.map((peer) => this.probe(ctx, peer)));
      await this.components.forgetGone(ctx);
    } catch (error) {
      this.logger.warn({ err: error }, 'signs of life could not be kept');
    }
  }

  private async probe(ctx: Ctx, peer: Peer): Promise<void> {
    const isThere = await peer.waitForReady(ANSWER_MS).then(
      () => true,
      () => false,
    );
    if (isThere)
      await this.components.seen(ctx, { id: `${peer.kind}-${peer.address}`, kind: peer.kind, address: peer.address, sessionCount: 0 });
  }
}
