import type { Clock, Timer } from '@sallyport/context';
import type { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { Logger } from '@sallyport/telemetry';
import type { ClientLogin } from '../auth/index.js';
import type { AccessPeer } from '../peers/access-peer.js';

/** A connection of a user that has signed in. */
export interface SignedInConnection {
  readonly login: ClientLogin;
  /** Ends the sessions with this reason, then the connection. The message is for the user. */
  revoke(reason: EndReason, message: string): void;
}

/** The collaborators of the watch. */
export interface SignInWatchDeps {
  readonly access: Pick<AccessPeer, 'checkSignIns'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly gatewayId: string;
}

/** The interval of the checks: as long as a session stays when its sign-in was revoked. */
const EVERY_MS = 10_000;
/** Connections per call: a token has up to 4 KiB, and a call at most 8 MiB. */
const BATCH = 1_000;

/** Asks core which sign-ins do not count any more, and ends their connections. While core is unavailable they go on, as sessions do. */
export class SignInWatch {
  private readonly connections = new Map<bigint, SignedInConnection>();
  private last = 0n;
  private readonly timer: Timer;
  private isAsking = false;
  private hasFailed = false;

  constructor(private readonly deps: SignInWatchDeps) {
    this.timer = deps.clock.interval(EVERY_MS, () => void this.check());
  }

  /** Watches a connection. Returns a function that ends that. */
  add(connection: SignedInConnection): () => void {
    const number = ++this.last;
    this.connections.set(number, connection);
    return () => void this.connections.delete(number);
  }

  stop(): void {
    this.timer.cancel();
  }

  private async check(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    let error: unknown;
    const all = [...this.connections];
    // Each call for itself: one that fails, time and again, must not keep the sign-ins of the others from being checked.
    for (let at = 0; at < all.length; at += BATCH) {
      await this.checkSome(all.slice(at, at + BATCH)).catch((thrown: unknown) => (error ??= thrown));
    }
    if (error !== undefined && !this.hasFailed)
      this.deps.logger.warn({ err: error }, 'core did not check the sign-ins of connections; they go on');
    this.hasFailed = error !== undefined;
    this.isAsking = false;
  }

  private async checkSome(some: readonly (readonly [bigint, SignedInConnection])[]): Promise<void> {
    const { access, gatewayId, logger } = this.deps;
    const uses = some.map(([connection, { login }]) => ({ connection, identityToken: login.identity.token }));
    const { revoked } = await access.checkSignIns({ gatewayId, uses });
    for (const { connection, reason, message } of revoked) {
      const found = this.connections.get(connection);
      if (!found) continue;
      this.connections.delete(connection);
      logger.info({ user: found.login.identity.username, from: found.login.client.sourceIp, message }, 'a sign-in was revoked');
      found.revoke(reason, message);
    }
  }
}
