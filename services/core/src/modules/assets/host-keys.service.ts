import { Inject, Injectable } from '@nestjs/common';
import type { HostKeyListQuery, HostKeyView } from '@sallyport/contracts';
import { uuidv7, type Clock, type OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import type { Rows } from '../../resource/index.js';
import { AuditLog, type AuditActor, type AuditFacts } from '../audits/index.js';
import type { AssetEntity } from './asset.entity.js';
import { assetNotFound, hostKeyNotFound } from './asset.errors.js';
import type { HostKeyEntity } from './host-key.entity.js';
import { changedKey, unknownKey } from './host-key-problem.js';
import { readKeyBlob, type HostKeyFacts } from './host-key-text.js';
import { HostKeyRepository } from './host-key.repository.js';
import { toHostKeyView } from './host-key.view.js';

/** A pinned key; its blob is empty until the asset has presented a key that was given by its fingerprint. */
export type PinnedKey = HostKeyFacts;

/** A key that an asset proved to own while a session was opened or a test ran. */
export interface PresentedKey {
  readonly assetId: string;
  readonly blob: Buffer;
  readonly sessionId?: string;
  /** User and cause, for the audit log. */
  readonly by: { readonly actor: AuditActor; readonly facts: AuditFacts };
}

/** `changed`: the asset has pinned keys, and this is not one of them. `unknown`: it has none, and none is pinned by itself. */
export interface HostKeyVerdict {
  readonly verdict: 'trusted' | 'changed' | 'unknown';
  readonly fingerprint: string;
  /** For the operator; empty for a trusted key. */
  readonly problem: string;
}

/** Policy for a first key of an asset that has none: it is pinned, or refused until an admin has approved it. */
export type UnknownHostKeys = 'pin' | 'refuse';
export const UNKNOWN_HOST_KEYS = Symbol('UnknownHostKeys');

/** Pins and checks the host keys of assets. */
@Injectable()
export class HostKeys {
  constructor(
    private readonly database: Database,
    private readonly keys: HostKeyRepository,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(UNKNOWN_HOST_KEYS) private readonly unknown: UnknownHostKeys,
  ) {}

  /** Returns the keys that are pinned for an asset. */
  async pinned(ctx: OrgCtx, assetId: string): Promise<readonly PinnedKey[]> {
    return this.keys.findOfAsset(ctx, assetId);
  }

  /**
   * Decides about a presented key: a pinned one is trusted, the very first one is pinned or refused as the installation wants, any other is
   * `changed`. Pinning and refusals are audited. Of two first keys at once one is pinned and the other is `changed`. Throws HostKeyInvalid for
   * bytes that are not a public key.
   */
  async judge(ctx: OrgCtx, presented: PresentedKey): Promise<HostKeyVerdict> {
    const key = readKeyBlob(presented.blob);
    return this.database.run(ctx, async (inside) => {
      const asset = await this.keys.lockAsset(inside, presented.assetId);
      if (!asset) throw assetNotFound(presented.assetId);
      const pinned = await this.keys.findOfAsset(inside, asset.id);
      const known = pinned.find(({ fingerprint }) => fingerprint === key.fingerprint);
      if (known) return this.trust(inside, known, key);
      if (pinned.length > 0) return this.refuse(inside, asset, key, presented, { verdict: 'changed', pinned });
      if (this.unknown === 'refuse') return this.refuse(inside, asset, key, presented, { verdict: 'unknown', pinned });
      return this.pinFirst(inside, asset, key, presented);
    });
  }

  /** Throws ASSET_NOT_FOUND. */
  async list(ctx: OrgCtx, assetId: string, query: HostKeyListQuery): Promise<Rows<HostKeyView>> {
    await this.needAsset(ctx, assetId);
    const { rows, count } = await this.keys.list(ctx, assetId, query);
    return { count, rows: rows.map(toHostKeyView) };
  }

  /** Deletes a pinned key. With the last one deleted, the next key that the asset presents is a first one. */
  async unpin(ctx: OrgCtx, assetId: string, keyId: string): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const asset = await this.needAsset(inside, assetId);
      const key = await this.keys.find(inside, assetId, keyId);
      if (!key) throw hostKeyNotFound(keyId);
      await this.keys.remove(inside, keyId);
      await this.audit.write(inside, { type: 'host-key.unpinned', outcome: 'success', resource: resourceOf(asset), facts: factsOf(key) });
    });
  }

  private async trust(ctx: OrgCtx, known: HostKeyEntity, key: PinnedKey): Promise<HostKeyVerdict> {
    if (known.blob.length === 0) await this.keys.complete(ctx, known.id, key);
    return trusted(key);
  }

  private async pinFirst(ctx: OrgCtx, asset: AssetEntity, key: PinnedKey, { sessionId, by }: PresentedKey): Promise<HostKeyVerdict> {
    const { id: assetId, orgId } = asset;
    const dateCreated = new Date(this.clock.now());
    await this.keys.add(ctx, { ...key, id: uuidv7(), orgId, assetId, pinnedBySessionId: sessionId ?? null, dateCreated });
    const facts = { ...factsOf(key), ...by.facts };
    await this.audit.write(ctx, { type: 'host-key.pinned', outcome: 'success', actor: by.actor, resource: resourceOf(asset), facts });
    return trusted(key);
  }

  private async refuse(
    ctx: OrgCtx,
    asset: AssetEntity,
    key: PinnedKey,
    { by }: PresentedKey,
    { verdict, pinned }: { verdict: 'changed' | 'unknown'; pinned: readonly PinnedKey[] },
  ): Promise<HostKeyVerdict> {
    const facts = {
      ...factsOf(key),
      ...by.facts,
      ...(verdict === 'changed' && { pinned: pinned.map((each) => each.fingerprint).join(' ') }),
    };
    const event = { outcome: 'refused', actor: by.actor, resource: resourceOf(asset), facts } as const;
    await this.audit.write(ctx, { type: `host-key.${verdict}`, ...event });
    const problem = verdict === 'changed' ? changedKey(asset.name, key, pinned) : unknownKey(asset, key);
    return { verdict, fingerprint: key.fingerprint, problem };
  }

  private async needAsset(ctx: OrgCtx, assetId: string): Promise<AssetEntity> {
    const asset = await this.keys.findAsset(ctx, assetId);
    if (!asset) throw assetNotFound(assetId);
    return asset;
  }
}

const trusted = ({ fingerprint }: PinnedKey): HostKeyVerdict => ({ verdict: 'trusted', fingerprint, problem: '' });
const resourceOf = (asset: AssetEntity) => ({ kind: 'asset', id: asset.id, name: asset.name }) as const;
const factsOf = ({ algorithm, fingerprint: print }: PinnedKey) => ({ algorithm, fingerprint: print });
