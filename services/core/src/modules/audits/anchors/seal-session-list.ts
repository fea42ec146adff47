import { createHash, type Hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, OrgCtx } from '@sallyport/context';
import { signSessionListEnd, type SessionListEnd } from '@sallyport/crypto';
import { CLOCK } from '../../../platform/index.js';
import { ANCHOR_SETTINGS, type AnchorSettings } from './anchor-settings.js';
import { AuditAnchorRepository } from './audit-anchor.repository.js';

/** Ends lists of sessions with a line that the key of the audit chain signs, so that `sallyport verify` finds a list that was cut. */
@Injectable()
export class SealSessionList {
  constructor(
    private readonly anchors: AuditAnchorRepository,
    @Inject(ANCHOR_SETTINGS) private readonly settings: AnchorSettings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Begins a list. Call it before the first session is read: the list names this time, and the newest anchor of now. */
  async begin(ctx: OrgCtx): Promise<SessionListSeal> {
    const { number, seq, hash } = await this.anchors.read(ctx);
    const anchor = number === 0 ? null : { number, seq: seq.toString(), hash: hash.toString('hex') };
    const time = new Date(this.clock.now()).toISOString();
    return new SessionListSeal({ orgId: ctx.orgId, time, anchor }, this.settings.signingKey);
  }
}

/** A list that is being written. */
export class SessionListSeal {
  private readonly hash: Hash = createHash('sha256');
  private sessions = 0;

  constructor(
    private readonly facts: Omit<SessionListEnd, 'sessions' | 'sha256'>,
    private readonly signingKey: string,
  ) {}

  /** Adds a session's line, which ends with a line feed, and returns it. */
  add(line: string): string {
    this.sessions++;
    this.hash.update(line);
    return line;
  }

  /** Returns the last line. */
  end(): string {
    const { facts, sessions, hash, signingKey } = this;
    return signSessionListEnd({ ...facts, sessions, sha256: hash.digest('hex') }, signingKey).toString();
  }
}
