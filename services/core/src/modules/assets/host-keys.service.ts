import { Inject, Injectable } from '@nestjs/common';
import type { HostKeyListQuery, HostKeyView } from '@sallyport/contracts';
import { uuidv7, type Clock, type OrgCtx } from '@sallyport/context';
import { fingerprint, parsePublicKeyBlob, SshKeyError } from '@sallyport/ssh';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import type { Rows } from '../../resource/index.js';
import { AuditLog, type AuditActor } from '../audits/index.js';
import type { AssetEntity } from './asset.entity.js';
import { assetNotFound, HostKeyInvalid, hostKeyNotFound } from './asset.errors.js';
import { HostKeyRepository } from './host-key.repository.js';
import { toHostKeyView } from './host-key.view.js';

/** A pinned key. */
export interface PinnedKey {
  readonly algorithm: string;
  readonly blob: Buffer;
  readonly fingerprint: string;
}

/** A key that an asset proved to own while a session was opened. */
export interface PresentedKey {
  readonly assetId: string;
  readonly blob: Buffer;
  readonly sessionId: string;
  /** User of the session, for the audit log. */
  readonly actor: AuditActor;
}

/** `changed`: the asset has pinned keys, and this is not one of them. */
export interface HostKeyVerdict {
  readonly verdict: 'trusted' | 'changed';
  readonly fingerprint: string;
}

/** Pins and checks the host keys of assets. */
@Injectable()
export class HostKeys {
  constructor(
    private readonly database: Database,
    private readonly keys: HostKeyRepository,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns the keys that are pinned for an asset. None: the first key that it presents is pinned. */
  async pinned(ctx: OrgCtx, assetId: string): Promise<readonly PinnedKey[]> {
    return this.keys.findOfAsset(ctx, assetId);
  }

  /**
   * Decides about a presented key: a pinned one is trusted, the very first one is pinned, any other is `changed`. Pinning and changes are audited.
   * Of two first keys at once one is pinned and the other is `changed`. Throws HostKeyInvalid for bytes that are not a public key.
   */
  async judge(ctx: OrgCtx, presented: PresentedKey): Promise<HostKeyVerdict> {
    const key = readKey(presented.blob);
    return this.database.run(ctx, async (inside) => {
      const asset = await this.keys.lockAsset(inside, presented.assetId);
      if (!asset) throw assetNotFound(presented.assetId);
      const pinned = await this.keys.findOfAsset(inside, asset.id);
      if (pinned.some(({ blob }) => blob.equals(key.blob))) return { verdict: 'trusted', fingerprint: key.fingerprint };
      if (pinned.length === 0) return this.pinFirst(inside, asset, key, presented);
      return this.auditChange(inside, asset, key, presented, pinned);
    });
  }

  /** Throws ASSET_NOT_FOUND. */
  async list(ctx: OrgCtx, assetId: string, query: HostKeyListQuery): Promise<Rows<HostKeyView>> {
    await this.needAsset(ctx, assetId);
    const { rows, count } = await this.keys.list(ctx, assetId, query);
    return { count, rows: rows.map(toHostKeyView) };
  }

  /** Deletes a pinned key. With the last one deleted, the next key that the asset presents is pinned. */
  async unpin(ctx: OrgCtx, assetId: string, keyId: string): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const asset = await this.needAsset(inside, assetId);
      const key = await this.keys.find(inside, assetId, keyId);
      if (!key) throw hostKeyNotFound(keyId);
      await this.keys.remove(inside, keyId);
      await this.audit.write(inside, { type: 'host-key.unpinned', outcome: 'success', resource: resourceOf(asset), facts: factsOf(key) });
    });
  }

  private async pinFirst(ctx: OrgCtx, asset: AssetEntity, key: PinnedKey, { sessionId, actor }: PresentedKey): Promise<HostKeyVerdict> {
    const { id: assetId, orgId } = asset;
    await this.keys.add(ctx, {
      ...key,
      id: uuidv7(),
      orgId,
      assetId,
      pinnedBySessionId: sessionId,
      dateCreated: new Date(this.clock.now()),
    });
    const facts = { ...factsOf(key), session: sessionId };
    await this.audit.write(ctx, { type: 'host-key.pinned', outcome: 'success', actor, resource: resourceOf(asset), facts });
    return { verdict: 'trusted', fingerprint: key.fingerprint };
  }

  private async auditChange(
    ctx: OrgCtx,
    asset: AssetEntity,
    key: PinnedKey,
    { sessionId, actor }: PresentedKey,
    pinned: readonly PinnedKey[],
  ): Promise<HostKeyVerdict> {
    const facts = { ...factsOf(key), session: sessionId, pinned: pinned.map((each) => each.fingerprint).join(' ') };
    await this.audit.write(ctx, { type: 'host-key.changed', outcome: 'refused', actor, resource: resourceOf(asset), facts });
    return { verdict: 'changed', fingerprint: key.fingerprint };
  }

  private async needAsset(ctx: OrgCtx, assetId: string): Promise<AssetEntity> {
    const asset = await this.keys.findAsset(ctx, assetId);
    if (!asset) throw assetNotFound(assetId);
    return asset;
  }
}

/** Returns the key of a blob. The type in the blob counts; the name that a peer sends may be a signature algorithm. */
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
