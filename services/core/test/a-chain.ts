import { generateKeyPairSync } from 'node:crypto';
import { systemClock, systemCtx, type Clock, type Ctx } from '@sallyport/context';
import { anchorHash, anchorName } from '@sallyport/crypto';
import { RemoteError } from '@sallyport/errors';
import { createLogger, createMetrics } from '@sallyport/telemetry';
import type { DataSource } from 'typeorm';
import { Database } from '../src/database/index.js';
import { AnchorChain } from '../src/modules/audits/anchors/anchor-chain.js';
import type { AnchorSettings } from '../src/modules/audits/anchors/anchor-settings.js';
import { AuditAnchorRepository } from '../src/modules/audits/anchors/audit-anchor.repository.js';
import { ExportChain } from '../src/modules/audits/anchors/export-chain.service.js';
import { StoredAnchors, type AnchorRecorder } from '../src/modules/audits/anchors/stored-anchors.js';
import { VerifyChain } from '../src/modules/audits/anchors/verify-chain.service.js';
import { AuditEventRepository } from '../src/modules/audits/audit-event.repository.js';
import { AuditLinkRepository } from '../src/modules/audits/audit-link.repository.js';
import { AuditLog } from '../src/modules/audits/audit-log.js';
import { ChainMemory } from '../src/modules/audits/chain-memory.js';
import { LinkChain } from '../src/modules/audits/link-chain.service.js';

/** The anchors of a recorder's store, by name: a test may take them away, as a thief of the bucket could. */
export class AnchorBucket {
  readonly anchors = new Map<string, Buffer>();
  isAway = false;
  /** Most anchors of a page. */
  pageSize = 500;

  put(number: bigint, envelope: Buffer): void {
    this.mustBeThere();
    const name = anchorName(number, anchorHash(envelope));
    const other = [...this.anchors.keys()].find((each) => each.startsWith(name.slice(0, 20)) && each !== name);
    if (other !== undefined) throw new RemoteError('ANCHOR_EXISTS', 'conflict', `anchor ${number} is stored already`);
    this.anchors.set(name, envelope);
  }

  list(after: string): { anchors: { name: string; envelope: Buffer }[]; next: string } {
    this.mustBeThere();
    const all = [...this.anchors].filter(([name]) => name > after).sort(([a], [b]) => (a < b ? -1 : 1));
    const page = all.slice(0, this.pageSize).map(([name, envelope]) => ({ name, envelope }));
    return { anchors: page, next: all.length > page.length ? (page.at(-1)?.name ?? '') : '' };
  }

  /** Returns the bucket as a recorder's client. */
  client(): AnchorRecorder {
    const unary = async (method: string, request: { number: bigint; envelope: Buffer; after: string }): Promise<unknown> =>
      method === 'listAnchors' ? this.list(request.after) : this.put(request.number, request.envelope);
    return { unary: unary as AnchorRecorder['unary'] };
  }

  private mustBeThere(): void {
    if (this.isAway) throw new RemoteError('PEER_UNAVAILABLE', 'unavailable', 'recorder can’t be reached');
  }
}

/** Returns new keys for anchors. */
export function anchorKeys(): AnchorSettings {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    signingKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeys: [publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    everyMs: 60_000,
  };
}

/** Returns the audit chain as one core process knows it. A second one over the same database and bucket is the process after a restart. */
export function aChain(
  dataSource: DataSource,
  {
    bucket = new AnchorBucket(),
    keys = anchorKeys(),
    clock = systemClock,
  }: { bucket?: AnchorBucket; keys?: AnchorSettings; clock?: Clock } = {},
) {
  const log: string[] = [];
  const logger = createLogger({ service: 'core', level: 'debug', destination: { write: (line) => void log.push(line) } });
  const metrics = createMetrics('core');
  const database = new Database(dataSource);
  const [events, memory, newest] = [new AuditEventRepository(database), new ChainMemory(logger), new AuditAnchorRepository(database)];
  const stored = new StoredAnchors(bucket.client());
  const places = new AuditLinkRepository(database);
  const links = new LinkChain(database, events, places, memory, clock, logger, metrics);
  const anchors = new AnchorChain(database, events, places, links, memory, newest, stored, keys, clock, logger, metrics);
  const chain = new VerifyChain(events, places, links, memory, newest, stored, anchors, keys, clock);
  // A test says when events are linked.
  const noting = {
    get noted() {
      return memory.noted;
    },
    note: (event, before) => memory.note(event, before),
  } satisfies Pick<LinkChain, 'note' | 'noted'>;
  return {
    log,
    metrics,
    database,
    events,
    memory,
    anchors,
    chain,
    audit: new AuditLog(database, events, clock, noting as LinkChain),
    exports: new ExportChain(events, links),
    link: () => links.link(systemCtx('test')),
    anchor: (ctx: Ctx) => anchors.run(ctx),
  };
}
export type TestChain = ReturnType<typeof aChain>;
