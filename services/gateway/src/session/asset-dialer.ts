import { HostKeyVerdict } from '@sallyport/proto-gen/access/v1/session';
import type { Clock } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import type { AccessPeer } from '../peers/access-peer.js';
import { DialFailed, fingerprintOf, type SshConnection, type SshDialer, type SshHandshake } from '../ssh/index.js';
import type { AccessGrant } from './access-grant.js';
import { HostKeyChanged, HostKeyUnjudged } from './session.errors.js';

/** What dialling needs. */
export interface DialTools {
  dialer: SshDialer;
  access: Pick<AccessPeer, 'reportHostKey'>;
  clock: Clock;
  logger: Logger;
}

/** An asset that takes longer to judge a credential is given up. */
const LOGIN_MS = 20_000;

/** Reaches assets. The host key is judged after the asset has proven that it holds it and before any credential leaves. */
export class AssetDialer {
  constructor(private readonly tools: DialTools) {}

  /** Dials and logs in; rejects with DialFailed, HostKeyChanged, HostKeyUnjudged or LoginRejected. */
  async dial(grant: AccessGrant): Promise<SshConnection> {
    const { address, port } = grant.facts;
    const preferredHostKeys = grant.pinnedKeys.map((key) => key.algorithm);
    const handshake = await this.tools.dialer.handshake({ host: address, port, preferredHostKeys, signal: new AbortController().signal });
    try {
      await this.judgeHostKey(grant, handshake);
    } catch (error) {
      handshake.abandon();
      throw error;
    }
    return this.login(grant, handshake);
  }

  /** A key that the grant pins is right. Any other goes to core: it pins a first one and audits a changed one. */
  private async judgeHostKey(grant: AccessGrant, { hostKey }: SshHandshake): Promise<void> {
    if (grant.pinnedKeys.some((pinned) => pinned.blob.equals(hostKey.blob))) return;
    const fingerprint = fingerprintOf(hostKey.blob);
    const verdict = await this.askCore(grant, hostKey);
    this.tools.logger.info({ session: grant.facts.sessionId, asset: grant.facts.assetName, fingerprint, verdict: HostKeyVerdict[verdict] }, 'host key judged');
    if (verdict === HostKeyVerdict.TRUSTED) return;
    throw new HostKeyChanged(
      `The host key of ${grant.facts.assetName} is not the one that is known (it presented ${hostKey.algorithm} ${fingerprint}). ` +
        'Somebody may be in between, or the asset was set up anew: ask an administrator. Nothing was sent to it.',
      { asset: grant.facts.assetName, fingerprint },
    );
  }

  private async askCore(grant: AccessGrant, hostKey: SshHandshake['hostKey']): Promise<HostKeyVerdict> {
    try {
      return (await this.tools.access.reportHostKey({ sessionId: grant.facts.sessionId, hostKey })).verdict;
    } catch (error) {
      throw new HostKeyUnjudged(`The host key of ${grant.facts.assetName} can't be checked right now. Try again in a minute.`, {}, { cause: error });
    }
  }

  private async login(grant: AccessGrant, handshake: SshHandshake): Promise<SshConnection> {
    let isLate = false;
    const timer = this.tools.clock.timeout(LOGIN_MS, () => {
      isLate = true;
      handshake.abandon();
    });
    try {
      return await handshake.authenticate(grant.credential());
    } catch (error) {
      throw isLate ? new DialFailed(`The asset did not answer the login within ${LOGIN_MS / 1000} s`, {}, { cause: error }) : error;
    } finally {
      timer.cancel();
    }
  }
}
