import { Inject, Injectable } from '@nestjs/common';
import type { HostKeyCreate, HostKeyView } from '@sallyport/contracts';
import { uuidv7, type Clock, type OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { AuditLog } from '../audits/index.js';
import { assetNotFound, HostKeyTaken } from './asset.errors.js';
import { readFingerprint, readKeyLine, type HostKeyFacts } from './host-key-text.js';
import { HostKeyRepository } from './host-key.repository.js';
import { toHostKeyView } from './host-key.view.js';

/** Pins host keys that an admin knows before the host presents them. */
@Injectable()
export class ApproveHostKey {
  constructor(
    private readonly database: Database,
    private readonly keys: HostKeyRepository,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Pins a key beside those that are pinned. Of a key given by its fingerprint the bytes are kept once the host proves it. Throws ASSET_NOT_FOUND,
   * HostKeyInvalid and HostKeyTaken.
   */
  async approve(ctx: OrgCtx, assetId: string, given: HostKeyCreate): Promise<HostKeyView> {
    const key = keyOf(given);
    return this.database.run(ctx, async (inside) => {
      const asset = await this.keys.lockAsset(inside, assetId);
      if (!asset) throw assetNotFound(assetId);
      const pinned = await this.keys.findOfAsset(inside, assetId);
      if (pinned.some(({ fingerprint }) => fingerprint === key.fingerprint)) throw new HostKeyTaken(key.fingerprint);
      const row = { ...key, id: uuidv7(), orgId: asset.orgId, assetId, pinnedBySessionId: null, dateCreated: new Date(this.clock.now()) };
      await this.keys.add(inside, row);
      const resource = { kind: 'asset', id: asset.id, name: asset.name } as const;
      const facts = { algorithm: key.algorithm, fingerprint: key.fingerprint };
      await this.audit.write(inside, { type: 'host-key.pinned', outcome: 'success', resource, facts });
      return toHostKeyView(row);
    });
  }
}

function keyOf({ public_key: line, fingerprint = '' }: HostKeyCreate): HostKeyFacts {
  return line === undefined ? readFingerprint(fingerprint) : readKeyLine(line);
}
