import { HostKeyVerdict } from '@sallyport/proto-gen/access/v1/session';
import { inSpan, type Logger, ofSession, sessionTrace } from '@sallyport/telemetry';
import type { AccessPeer } from '../peers/access-peer.js';
import { fingerprintOf, type HostKeyFacts, type SshConnection, type SshDialer } from '../ssh/index.js';
import type { AccessGrant } from './access-grant.js';
import { HostKeyChanged, HostKeyUnjudged, HostKeyUnknown } from './session.errors.js';

/** The collaborators of the dialer. */
export interface AssetDialerDeps {
  dialer: SshDialer;
  access: Pick<AccessPeer, 'reportHostKey'>;
  logger: Logger;
}

/** Dials assets. The host key is checked after the asset has proven that it holds it, and before any credential is sent. */
export class AssetDialer {
  constructor(private readonly deps: AssetDialerDeps) {}

  /** Connects and logs in. The signal aborts it. `onBanner` receives what the asset sends for the user to read. Rejects with DialFailed, HostKeyChanged, HostKeyUnknown, HostKeyUnjudged or LoginRejected. */
  dial(grant: AccessGrant, signal: AbortSignal, onBanner: (text: string) => void): Promise<SshConnection> {
    const { address, port } = grant.facts;
    const preferredHostKeys = grant.pinnedKeys.map((key) => key.algorithm);
    const endpoint = { host: address, port, preferredHostKeys, signal, onBanner };
    return inSpan('dial asset', 'client', sessionTrace(grant.facts.sessionId), () =>
      this.deps.dialer.dial(endpoint, grant.credential(), (hostKey) => this.checkHostKey(grant, hostKey)),
    );
  }

  /** Accepts a key that the grant pins. Asks core about any other: core pins a first one and audits a changed one. */
  private async checkHostKey(grant: AccessGrant, hostKey: HostKeyFacts): Promise<void> {
    if (grant.pinnedKeys.some((pinned) => pinned.blob.equals(hostKey.blob))) return this.reportPinned(grant, hostKey);
    const fingerprint = fingerprintOf(hostKey.blob);
    const verdict = await this.askCore(grant, hostKey);
    this.deps.logger.info(
      { ...ofSession(grant.facts.sessionId), asset: grant.facts.assetName, fingerprint, verdict: HostKeyVerdict[verdict] },
      'host key checked',
    );
    if (verdict === HostKeyVerdict.TRUSTED) return;
    if (verdict === HostKeyVerdict.UNKNOWN)
      throw new HostKeyUnknown(
        `The host key of ${grant.facts.assetName} is not approved yet (it presented ${hostKey.algorithm} ${fingerprint}). ` +
          'Ask an administrator to compare and approve it. No credential was sent.',
        { asset: grant.facts.assetName, fingerprint },
      );
    throw new HostKeyChanged(
      `The host key of ${grant.facts.assetName} is not the one that is known (it presented ${hostKey.algorithm} ${fingerprint}). ` +
        'Another machine may answer in its place, or the asset was set up anew. Ask an administrator. No credential was sent.',
      { asset: grant.facts.assetName, fingerprint },
    );
  }

  /** Reports to core which of several pinned keys the asset presented. The dial does not wait for it. */
  private reportPinned(grant: AccessGrant, hostKey: HostKeyFacts): void {
    if (grant.pinnedKeys.length < 2) return;
    this.deps.access.reportHostKey({ sessionId: grant.facts.sessionId, hostKey }).catch((error: unknown) => {
      this.deps.logger.warn({ err: error, ...ofSession(grant.facts.sessionId) }, 'the checked host key could not be reported to core');
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
