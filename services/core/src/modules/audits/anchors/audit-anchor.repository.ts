import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../../database/index.js';
import { AuditAnchorEntity } from './audit-anchor.entity.js';

/** The newest anchor: its number and hash, and the event that it names. */
export interface NewestAnchor {
  readonly number: number;
  readonly sha256: string;
  readonly seq: bigint;
  readonly hash: Buffer;
}

@Injectable()
export class AuditAnchorRepository {
  constructor(private readonly database: Database) {}

  /** Returns the newest anchor that the database knows, locked until the transaction ends: one replica anchors at a time. */
  async lock(ctx: Ctx): Promise<NewestAnchor> {
    return toNewest(await this.database.global(ctx, AuditAnchorEntity).lock({ id: 1 }));
  }

  async read(ctx: Ctx): Promise<NewestAnchor> {
    return toNewest(await this.database.global(ctx, AuditAnchorEntity).find({ id: 1 }));
  }

  async save(ctx: Ctx, { number, sha256, seq, hash }: NewestAnchor): Promise<void> {
    await this.database.global(ctx, AuditAnchorEntity).update({ id: 1 }, { number: BigInt(number), sha256, seq, hash });
  }
}

function toNewest(row: AuditAnchorEntity | undefined): NewestAnchor {
  if (!row) throw new Error('the row of core.audit_anchor is missing');
  return { number: Number(row.number), sha256: row.sha256, seq: row.seq, hash: row.hash };
}
