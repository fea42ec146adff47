import { HostKeyVerdict } from '@sallyport/proto-gen/access/v1/session';
import type { Logger } from '@sallyport/telemetry';
import type { AccessPeer } from '../peers/access-peer.js';
import { fingerprintOf, type HostKeyFacts, type SshConnection, type SshDialer } from '../ssh/index.js';
import type { AccessGrant } from './access-grant.js';
import { HostKeyChanged, HostKeyUnjudged } from './session.errors.js';

/** What dialling needs. */
export interface AssetDialerDeps {
  dialer: SshDialer;
  access: Pick<AccessPeer, 'reportHostKey'>;
  logger: Logger;
}

/** Reaches assets. The host key is judged after the asset has proven that it holds it and before any credential leaves. */
export class AssetDialer {
  constructor(private readonly deps: AssetDialerDeps) {}

  /** Dials and logs in; the signal gives it up. Rejects with DialFailed, HostKeyChanged, HostKeyUnjudged or LoginRejected. */
  dial(grant: AccessGrant, signal: AbortSignal): Promise<SshConnection> {
    const { address, port } = grant.facts;
    const preferredHostKeys = grant.pinnedKeys.map((key) => key.algorithm);
    return this.deps.dialer.dial({ host: address, port, preferredHostKeys, signal }, grant.credential(), (hostKey) =>
      this.judgeHostKey(grant, hostKey),
    );
  }

  /** A key that the grant pins is right. Any other goes to core: it pins a first one and audits a changed one. */
  private async judgeHostKey(grant: AccessGrant, hostKey: HostKeyFacts): Promise<void> {
    if (grant.pinnedKeys.some((pinned) => pinned.blob.equals(hostKey.blob))) return this.tellWhich(grant, hostKey);
    const fingerprint = fingerprintOf(hostKey.blob);
    const verdict = await this.askCore(grant, hostKey);
    this.deps.logger.info(
      { session: grant.facts.sessionId, asset: grant.facts.assetName, fingerprint, verdict: HostKeyVerdict[verdict] },
      'host key judged',
    );
    if (verdict === HostKeyVerdict.TRUSTED) return;
    throw new HostKeyChanged(
      `The host key of ${grant.facts.assetName} is not the one that is known (it presented ${hostKey.algorithm} ${fingerprint}). ` +
        'Somebody may be in between, or the asset was set up anew: ask an administrator. Nothing was sent to it.',
      { asset: grant.facts.assetName, fingerprint },
    );
  }

  /** Of several pinned keys core does not know which one it was; nobody waits for it to hear. */
  private tellWhich(grant: AccessGrant, hostKey: HostKeyFacts): void {
    if (grant.pinnedKeys.length < 2) return;
    this.deps.access.reportHostKey({ sessionId: grant.facts.sessionId, hostKey }).catch((error: unknown) => {
      this.deps.logger.warn({ err: error, session: grant.facts.sessionId }, 'core was not told which host key was checked');
    });
  }

  private async askCore(grant: AccessGrant, hostKey: HostKeyFacts): Promise<HostKeyVerdict> {
    try {
      return (await this.deps.access.reportHostKey({ sessionId: grant.facts.sessionId, hostKey })).verdict;
    } catch (error) {
      throw new HostKeyUnjudged(
        `The host key of ${grant.facts.assetName} can't be checked right now. Try again in a minute.`,
        {},
        { cause: error },
      );
    }
  }
}
