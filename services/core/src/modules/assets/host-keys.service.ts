import { Inject, Injectable } from '@nestjs/common';
import type { HostKeyListQuery, HostKeyView } from '@sallyport/contracts';
import { uuidv7, type Clock, type Ctx } from '@sallyport/context';
import { fingerprint, parsePublicKeyBlob, SshKeyError } from '@sallyport/ssh';
import { Database } from '../../database/index.js';
import type { Rows } from '../../http/index.js';
import { CLOCK } from '../../platform/index.js';
import { AuditLog, type AuditActor } from '../audits/index.js';
import type { AssetEntity } from './asset.entity.js';
import { AssetNotFound, HostKeyInvalid, HostKeyNotFound } from './asset.errors.js';
import { AssetRepository } from './asset.repository.js';
import { HostKeyRepository } from './host-key.repository.js';
import { toHostKeyView } from './host-key.view.js';

/** A pinned key. */
export interface PinnedKey {
  readonly algorithm: string;
  readonly blob: Buffer;
  readonly fingerprint: string;
}

/** A key that an asset proved to have, while a session was being opened for somebody. */
export interface PresentedKey {
  readonly assetId: string;
  readonly blob: Buffer;
  readonly sessionId: string;
  /** For whom; goes to the audit log. */
  readonly actor: AuditActor;
}

/** What to do with it. */
export interface HostKeyVerdict {
  readonly verdict: 'trusted' | 'changed';
  readonly fingerprint: string;
}

/** The keys by which assets are known. */
@Injectable()
export class HostKeys {
  constructor(
    private readonly database: Database,
    private readonly assets: AssetRepository,
    private readonly keys: HostKeyRepository,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Keys pinned for an asset; none: the first one seen is pinned. */
  async pinned(ctx: Ctx, assetId: string): Promise<readonly PinnedKey[]> {
    return this.keys.ofAsset(ctx, assetId);
  }

  /**
   * Trusts a pinned key, pins the very first one, and says `changed` to any other. Pinning and changes are audited.
   * Of two first keys at once one is pinned and the other has changed. Refuses what is no key.
   */
  async judge(ctx: Ctx, presented: PresentedKey): Promise<HostKeyVerdict> {
    const key = readKey(presented.blob);
    return this.database.run(ctx, async (inside) => {
      const asset = await this.assets.hold(inside, presented.assetId);
      if (!asset) throw new AssetNotFound(presented.assetId);
      const pinned = await this.keys.ofAsset(inside, asset.id);
      if (pinned.some(({ blob }) => blob.equals(key.blob))) return { verdict: 'trusted', fingerprint: key.fingerprint };
      if (pinned.length === 0) return this.pinFirst(inside, asset, key, presented);
      return this.noteChange(inside, asset, key, presented, pinned);
    });
  }

  async list(ctx: Ctx, orgId: string, assetId: string, query: HostKeyListQuery): Promise<Rows<HostKeyView>> {
    await this.needAsset(ctx, orgId, assetId);
    const { rows, count } = await this.keys.list(ctx, assetId, query);
    return { count, rows: rows.map(toHostKeyView) };
  }

  /** Forgets a key. With the last one gone, the next key seen is pinned. */
  async unpin(ctx: Ctx, orgId: string, assetId: string, keyId: string): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const asset = await this.needAsset(inside, orgId, assetId);
      const key = await this.keys.find(inside, assetId, keyId);
      if (!key) throw new HostKeyNotFound(keyId);
      await this.keys.remove(inside, keyId);
      await this.audit.write(inside, {
        type: 'host-key.unpinned',
        outcome: 'success',
        orgId,
        resource: resourceOf(asset),
        facts: factsOf(key),
      });
    });
  }

  private async pinFirst(ctx: Ctx, asset: AssetEntity, key: PinnedKey, { sessionId, actor }: PresentedKey): Promise<HostKeyVerdict> {
    await this.keys.add(ctx, {
      ...key,
      id: uuidv7(),
      assetId: asset.id,
      pinnedBySessionId: sessionId,
      dateCreated: new Date(this.clock.now()),
    });
    const facts = { ...factsOf(key), session: sessionId };
    await this.audit.write(ctx, {
      type: 'host-key.pinned',
      outcome: 'success',
      orgId: asset.orgId,
      actor,
      resource: resourceOf(asset),
      facts,
    });
    return { verdict: 'trusted', fingerprint: key.fingerprint };
  }

  private async noteChange(
    ctx: Ctx,
    asset: AssetEntity,
    key: PinnedKey,
    { sessionId, actor }: PresentedKey,
    pinned: readonly PinnedKey[],
  ): Promise<HostKeyVerdict> {
    const facts = { ...factsOf(key), session: sessionId, pinned: pinned.map((each) => each.fingerprint).join(' ') };
    await this.audit.write(ctx, {
      type: 'host-key.changed',
      outcome: 'refused',
      orgId: asset.orgId,
      actor,
      resource: resourceOf(asset),
      facts,
    });
    return { verdict: 'changed', fingerprint: key.fingerprint };
  }

  private async needAsset(ctx: Ctx, orgId: string, assetId: string): Promise<AssetEntity> {
    const asset = await this.assets.find(ctx, orgId, assetId);
    if (!asset) throw new AssetNotFound(assetId);
    return asset;
  }
}

/** The type in the blob is the one that counts; what a peer calls it may be a signature algorithm. */
function readKey(blob: Buffer): PinnedKey {
  try {
    const key = parsePublicKeyBlob(blob);
    return { algorithm: key.type, blob: key.blob, fingerprint: fingerprint(key) };
  } catch (error) {
    if (error instanceof SshKeyError) throw new HostKeyInvalid(`The host key can't be read: ${error.message}`, {}, { cause: error });
    throw error;
  }
}

const resourceOf = (asset: AssetEntity) => ({ kind: 'asset', id: asset.id, name: asset.name }) as const;
const factsOf = ({ algorithm, fingerprint: print }: PinnedKey) => ({ algorithm, fingerprint: print });
