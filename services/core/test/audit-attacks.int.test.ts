import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inOrg, systemCtx } from '@sallyport/context';
import { anchorHash, anchorName, signAnchor } from '@sallyport/crypto';
import { aPostgres, withClient, type TestPostgres } from '@sallyport/testkit';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aChain, AnchorBucket, anchorKeys, type TestChain } from './a-chain.js';
import { coreTemplate } from './core-template.js';
import { createDataSource, Database } from '../src/database/index.js';
import { DEFAULT_ORG_ID } from '../src/modules/orgs/index.js';
import { AuditEventRepository } from '../src/modules/audits/audit-event.repository.js';
import { hashEvent } from '../src/modules/audits/canonical-event.js';

const SALLYPORT = fileURLToPath(new URL('../../cli/dist/main.js', import.meta.url));
const ctx = inOrg(systemCtx('test'), DEFAULT_ORG_ID);
const keys = anchorKeys();

let postgres: TestPostgres;
let dataSource: DataSource;
let folder: string;
let bucket: AnchorBucket;
let core: TestChain;

/** Returns the next process of core, which remembers nothing. */
const restarted = (): TestChain => aChain(dataSource, { bucket, keys });
const write = async (count: number, actor = 'alice'): Promise<void> => {
  for (let index = 0; index < count; index++)
    await core.audit.write(ctx, { type: 'user.signed-in', outcome: 'success', actor: { username: actor }, facts: { via: 'ssh' } });
  await core.link();
};
const TABLES = ['audit_event', 'audit_link'];
/** Runs statements as the owner of the schema, which is not bound by the trigger. */
const asOwner = (...statements: readonly string[]): Promise<void> =>
  withClient(postgres.coreUrl, async (client) => {
    for (const table of TABLES) await client.query(`ALTER TABLE core.${table} DISABLE TRIGGER USER`);
    for (const statement of statements) await client.query(statement);
    for (const table of TABLES) await client.query(`ALTER TABLE core.${table} ENABLE TRIGGER USER`);
  });
const asService = (...statements: readonly string[]): Promise<void> =>
  withClient(postgres.coreServiceUrl, async (client) => {
    for (const statement of statements) await client.query(statement);
  });

/** Cuts the events behind a place and corrects the head: the table attests itself again. */
const cutBehind = (seq: number): Promise<void> =>
  asOwner(
    `DELETE FROM core.audit_event WHERE id IN (SELECT event_id FROM core.audit_link WHERE seq > ${seq})`,
    `DELETE FROM core.audit_link WHERE seq > ${seq}`,
    `UPDATE core.audit_head SET (seq, hash) = (SELECT seq, hash FROM core.audit_link WHERE seq = ${seq})`,
  );

/** Renames the actor of an event and makes every hash behind it anew, the head's too. */
async function rewrite(seq: number, actorName: string): Promise<void> {
  const owner = await createDataSource(postgres.coreUrl).initialize();
  const rows = await new AuditEventRepository(new Database(owner)).after(ctx, 0n, 1_000);
  const statements: string[] = [];
  let prevHash: Buffer = Buffer.alloc(32);
  for (const row of rows) {
    const forged = { ...row, prevHash, ...(Number(row.seq) === seq && { actorName }) };
    prevHash = hashEvent(forged);
    const hashes = `prev_hash = '\\x${forged.prevHash.toString('hex')}', hash = '\\x${prevHash.toString('hex')}'`;
    statements.push(
      `UPDATE core.audit_event SET actor_name = '${forged.actorName}' WHERE id = '${row.id}'`,
      `UPDATE core.audit_link SET ${hashes} WHERE seq = ${row.seq}`,
    );
  }
  await owner.destroy();
  await asOwner(...statements, `UPDATE core.audit_head SET hash = '\\x${prevHash.toString('hex')}'`);
}

/** Runs `sallyport verify audit` on an export of what the database has now, against the anchors of the bucket. */
async function cli(): Promise<{ code: number; out: string }> {
  const [file, anchors, key] = [join(folder, 'export.ndjson'), join(folder, 'anchors'), join(folder, 'key.pem')];
  await rm(anchors, { recursive: true, force: true });
  await mkdir(anchors);
  for (const [name, envelope] of bucket.anchors) await writeFile(join(anchors, name), envelope);
  const lines: Buffer[] = [];
  for await (const piece of core.exports.lines(ctx)) lines.push(piece);
  await writeFile(file, Buffer.concat(lines));
  await writeFile(key, keys.publicKeys.join(''));
  const args = [SALLYPORT, 'verify', 'audit', file, '--anchors', anchors, '--public-key', key];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, out, err) => resolve({ code: Number(error?.code ?? 0), out: out + err }));
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-attacks-'));
  postgres = await aPostgres(coreTemplate);
  dataSource = await createDataSource(postgres.coreServiceUrl).initialize();
  bucket = new AnchorBucket();
  core = aChain(dataSource, { bucket, keys });
});
afterEach(async () => {
  await dataSource.destroy();
  await postgres.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('core’s own database role', () => {
  it.each([
    [`UPDATE core.audit_event SET actor_name = 'bob'`, /permission denied for table audit_event/],
    ['DELETE FROM core.audit_event', /permission denied for table audit_event/],
    ['TRUNCATE core.audit_event', /permission denied for table audit_event/],
    ['ALTER TABLE core.audit_event ADD COLUMN x text', /must be owner of table audit_event/],
    ['ALTER TABLE core.audit_event DISABLE TRIGGER USER', /must be owner of table audit_event/],
    ['DROP TABLE core.audit_event', /must be owner of table audit_event/],
    [
      'CREATE TRIGGER t BEFORE INSERT ON core.audit_event EXECUTE FUNCTION core.refuse_audit_change()',
      /permission denied for table audit_event/,
    ],
    ['CREATE OR REPLACE RULE r AS ON INSERT TO core.audit_event DO INSTEAD NOTHING', /must be owner of table audit_event/],
    [
      'CREATE OR REPLACE FUNCTION core.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
      /permission denied for schema core/,
    ],
    ['CREATE TABLE core.audit_copy (id int)', /permission denied for schema core/],
    ["GRANT UPDATE ON core.audit_event TO core_service; UPDATE core.audit_event SET type = 'x'", /permission denied for table audit_event/],
    ['SET ROLE core', /permission denied to set role "core"/],
    ['SET session_replication_role = replica', /permission denied to set parameter/],
    [`UPDATE core.audit_link SET seq = -seq`, /permission denied for table audit_link/],
    ['DELETE FROM core.audit_link', /permission denied for table audit_link/],
    ['TRUNCATE core.audit_link', /permission denied for table audit_link/],
    ['ALTER TABLE core.audit_link DISABLE TRIGGER USER', /must be owner of table audit_link/],
    [`SELECT setval('core.audit_event_position_seq', 1)`, /permission denied for sequence audit_event_position_seq/],
    ['DELETE FROM core.audit_head', /permission denied for table audit_head/],
    ['DELETE FROM core.audit_anchor', /permission denied for table audit_anchor/],
    ['DELETE FROM core.migration', /permission denied for table migration/],
  ])('is refused the attack "%s"', async (statement, refusal) => {
    await write(1);
    await expect(asService(statement)).rejects.toThrow(refusal);
  });

  it('has its rights on every table of the schema, and those alone', async () => {
    const rights = await withClient(postgres.coreUrl, async (client) => {
      const { rows } = await client.query<{ name: string; rights: string }>(`
        SELECT c.relname AS name, string_agg(p, ' ' ORDER BY p) AS rights
        FROM pg_class c, unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) p
        WHERE c.relnamespace = 'core'::regnamespace AND c.relkind = 'r' AND has_table_privilege('core_service', c.oid, p)
        GROUP BY c.relname`);
      return new Map(rows.map(({ name, rights: each }) => [name, each]));
    });
    const special = {
      audit_event: 'INSERT SELECT',
      audit_link: 'INSERT SELECT',
      audit_head: 'SELECT UPDATE',
      audit_anchor: 'SELECT UPDATE',
      migration: 'SELECT',
    };
    for (const [name, each] of rights)
      expect([name, each]).toEqual([name, special[name as keyof typeof special] ?? 'DELETE INSERT SELECT UPDATE']);
    const tables = await withClient(postgres.coreUrl, (client) =>
      client.query(`SELECT 1 FROM pg_class WHERE relnamespace = 'core'::regnamespace AND relkind = 'r'`),
    );
    expect(rights.size).toBe(tables.rowCount);
  });
});

describe('the owner of the database', () => {
  beforeEach(async () => {
    await write(4);
    await core.anchor(ctx);
    await write(4);
    await core.anchor(ctx);
    await write(2);
  });

  it('without an attack: the chain is proven, also offline', async () => {
    expect(await core.chain.verify(ctx)).toMatchObject({
      is_intact: true,
      is_anchored: true,
      checked: 10,
      problem: null,
      anchor_count: 2,
      oldest_anchor: { number: 1, seq: 4 },
      newest_anchor: { number: 2, seq: 8 },
    });
    expect(await restarted().chain.verify(ctx, 2)).toMatchObject({ is_intact: true, checked: 10, anchor_count: 1 });
    expect(await cli()).toEqual({ code: 0, out: expect.stringMatching(/^OK .*[^]*proven up to event 8 by anchor 2/) });
  });

  it('cuts the newest events and corrects the head: the running core remembers them', async () => {
    await cutBehind(8);
    expect(await core.chain.verify(ctx)).toMatchObject({
      is_intact: false,
      checked: 8,
      broken_at: 9,
      problem: 'events 9 to 10 that this process wrote are missing',
    });
  });

  it('cuts the newest events, and events written since fill their places: the running core noticed', async () => {
    await cutBehind(9);
    await write(3, 'mallory');
    expect(core.log.join('')).toContain('the audit chain was tampered with');
    expect(await core.chain.verify(ctx)).toMatchObject({
      is_intact: false,
      problem: expect.stringMatching(/^event 10 is not the one that this process wrote/),
    });
    await core.anchor(ctx);
    expect(await core.chain.verify(ctx)).toMatchObject({ is_intact: false });
  });

  it('rewrites the newest event while core runs', async () => {
    await rewrite(10, 'innocent');
    expect(await core.chain.verify(ctx)).toMatchObject({
      is_intact: false,
      broken_at: 10,
      problem: expect.stringMatching(/^event 10 is not the one that this process wrote/),
    });
    await write(1);
    expect(core.log.join('')).toContain('the audit chain was tampered with');
  });

  it('cuts events that an anchor names, after a restart', async () => {
    await cutBehind(6);
    expect(await restarted().chain.verify(ctx)).toMatchObject({
      is_intact: false,
      is_anchored: false,
      checked: 6,
      broken_at: 7,
      problem: expect.stringMatching(/^events 7 to 8 that anchor 2 of 20.*Z names are missing$/),
    });
    expect(await cli()).toEqual({
      code: 1,
      out: expect.stringMatching(/^FAILED[^]*- events 7 to 8 that anchor 2 of .* names are missing/),
    });
  });

  it('cuts events, and the next process writes and anchors others in their places', async () => {
    await cutBehind(6);
    core = restarted();
    await write(5, 'mallory');
    await core.anchor(ctx);
    expect(await core.chain.verify(ctx)).toMatchObject({
      is_intact: false,
      broken_at: 5,
      problem: expect.stringMatching(/^one of the events 5 to 8 was rewritten: anchor 2/),
    });
    expect((await cli()).code).toBe(1);
  });

  it('rewrites an event in the middle with all hashes behind it', async () => {
    await rewrite(6, 'innocent');
    for (const process of [core, restarted()])
      expect(await process.chain.verify(ctx)).toMatchObject({
        is_intact: false,
        broken_at: 5,
        problem: expect.stringMatching(/^one of the events 5 to 8 was rewritten: anchor 2 of .* names another hash of event 8$/),
      });
    expect(await cli()).toEqual({ code: 1, out: expect.stringContaining('one of the events 5 to 8 was rewritten') });
  });

  it('changes an event and no hash', async () => {
    await asOwner(`UPDATE core.audit_event SET actor_name = 'innocent' WHERE id = (SELECT event_id FROM core.audit_link WHERE seq = 3)`);
    expect(await restarted().chain.verify(ctx)).toMatchObject({ is_intact: false, broken_at: 3, problem: 'event 3 was changed' });
    expect(await cli()).toEqual({ code: 1, out: expect.stringContaining('event 4 does not follow on the one before it') });
  });

  it('deletes everything, the database’s word about the anchors too', async () => {
    await asOwner(
      'DELETE FROM core.audit_event',
      'DELETE FROM core.audit_link',
      `UPDATE core.audit_head SET seq = 0, hash = decode(repeat('00', 32), 'hex')`,
      `UPDATE core.audit_anchor SET number = 0, sha256 = '', seq = 0, hash = decode(repeat('00', 32), 'hex')`,
    );
    expect(await restarted().chain.verify(ctx)).toMatchObject({
      is_intact: false,
      checked: 0,
      broken_at: 1,
      problem: expect.stringMatching(/^events 1 to 4 that anchor 1 of .* names are missing$/),
    });
    expect(await cli()).toEqual({ code: 1, out: expect.stringContaining('events 1 to 4 that anchor 1') });
  });

  it('puts an older dump of the whole table back', async () => {
    const [anchored] = await dataSource.query<{ hash: Buffer }[]>('SELECT hash FROM core.audit_link WHERE seq = 4');
    const [anchor] = [...bucket.anchors.values()];
    await cutBehind(4);
    await asOwner(
      `UPDATE core.audit_anchor SET number = 1, sha256 = '${anchorHash(anchor!)}', seq = 4, hash = '\\x${anchored!.hash.toString('hex')}'`,
    );
    expect(await restarted().chain.verify(ctx)).toMatchObject({
      is_intact: false,
      broken_at: 5,
      problem: expect.stringMatching(/^events 5 to 8 that anchor 2 of .* names are missing$/),
    });
    expect((await cli()).code).toBe(1);
  });

  it('rewrites events and forges the anchors with a key of their own', async () => {
    await rewrite(2, 'innocent');
    const thief = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const [row] = await dataSource.query<{ hash: Buffer }[]>('SELECT hash FROM core.audit_link WHERE seq = 8');
    const forged = signAnchor(
      { number: 1, seq: 8n, hash: row!.hash.toString('hex'), time: '2026-03-01T12:00:00.000Z', previous: null },
      thief,
    );
    bucket.anchors.clear();
    bucket.anchors.set(anchorName(1, anchorHash(forged)), forged);
    await asOwner(
      `UPDATE core.audit_anchor SET number = 1, sha256 = '${anchorHash(forged)}', seq = 8, hash = '\\x${row!.hash.toString('hex')}'`,
    );
    expect(await restarted().chain.verify(ctx)).toMatchObject({
      is_intact: false,
      is_anchored: false,
      problem: expect.stringMatching(/^anchor 1 is signed with an unknown key/),
    });
    expect(await cli()).toEqual({ code: 1, out: expect.stringContaining('anchor 1 is signed with an unknown key') });
  });
});

describe('a thief of the recordings’ store', () => {
  beforeEach(async () => {
    for (let round = 0; round < 3; round++) {
      await write(2);
      await core.anchor(ctx);
    }
  });
  const names = (): string[] => [...bucket.anchors.keys()].sort();

  it('deletes the newest anchor: this process and the database name it', async () => {
    bucket.anchors.delete(names()[2]!);
    expect(await core.chain.verify(ctx)).toMatchObject({
      is_intact: false,
      problem: 'anchor 3 is missing, though this process names anchor 3',
    });
    expect(await restarted().chain.verify(ctx)).toMatchObject({
      is_intact: false,
      problem: 'anchor 3 is missing, though the database names anchor 3',
    });
  });

  it('puts an older set of anchors back', async () => {
    for (const name of names().slice(1)) bucket.anchors.delete(name);
    expect(await restarted().chain.verify(ctx)).toMatchObject({
      is_intact: false,
      problem: 'anchors 2 to 3 are missing, though the database names anchor 3',
    });
  });

  it('deletes an anchor in the middle', async () => {
    bucket.anchors.delete(names()[1]!);
    expect(await restarted().chain.verify(ctx)).toMatchObject({ is_intact: false, problem: 'anchor 2 is missing' });
    expect(await cli()).toEqual({ code: 1, out: expect.stringContaining('anchor 2 is missing') });
  });

  it('deletes all anchors, and the next process anchors on: the gap stays visible', async () => {
    bucket.anchors.clear();
    core = restarted();
    await write(1);
    await core.anchor(ctx);
    expect(core.log.join('')).toContain('anchor 3 is missing from the recordings');
    expect(await restarted().chain.verify(ctx)).toMatchObject({ is_intact: false, problem: 'anchors 1 to 3 are missing' });
    expect((await cli()).code).toBe(1);
  });

  it('puts a worthless anchor in the next place: core anchors behind it, and it is named', async () => {
    const thief = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const forged = signAnchor({ number: 4, seq: 1n, hash: 'ab'.repeat(32), time: '2026-03-01T12:00:00.000Z', previous: null }, thief);
    bucket.anchors.set(anchorName(4, anchorHash(forged)), forged);
    await write(1);
    await core.anchor(ctx);
    expect(names()[4]).toMatch(/^0{19}5-/);
    expect(await restarted().chain.verify(ctx)).toMatchObject({
      is_intact: false,
      problem: expect.stringMatching(/^anchor 4 is signed with an unknown key/),
    });
  });
});

describe('anchors', () => {
  it('wait while the recorder is away, with a warning and a metric, and are made when it is back', async () => {
    bucket.isAway = true;
    await write(2);
    await core.anchor(ctx);
    expect(core.log.join('')).toMatch(/"kind":"audit-anchor-waits".*could not be anchored/);
    expect(await core.metrics.text()).toMatch(/^core_audit_anchor_age_seconds\{/m);
    expect(await core.chain.verify(ctx)).toMatchObject({
      is_intact: false,
      is_anchored: false,
      checked: 2,
      broken_at: null,
      problem: expect.stringMatching(/^the anchors can’t be read: recorder can’t be reached/),
    });
    bucket.isAway = false;
    await core.anchor(ctx);
    expect(bucket.anchors.size).toBe(1);
    expect(await core.chain.verify(ctx)).toMatchObject({ is_intact: true, is_anchored: true });
  });

  it('are made only if the head moved, by one of several replicas at a time, and each is logged with its envelope', async () => {
    await core.anchor(ctx);
    expect(bucket.anchors.size).toBe(0);
    const other = restarted();
    await write(3);
    await Promise.all([core.anchor(ctx), other.anchor(ctx), core.anchor(ctx)]);
    expect(bucket.anchors.size).toBe(1);
    const lines = [...core.log, ...other.log].filter((line) => line.includes('"kind":"audit-anchor"'));
    expect(lines.map((line) => (JSON.parse(line) as { audit_anchor: string }).audit_anchor)).toEqual(
      [...bucket.anchors.values()].map((envelope) => envelope.toString()),
    );
  });

  it('of several replicas that write in turn are one chain, and each remembers its own events', async () => {
    const other = restarted();
    for (let round = 0; round < 5; round++) {
      await write(2);
      await other.audit.write(ctx, { type: 'user.signed-in', outcome: 'success' });
      await (round % 2 ? core : other).anchor(ctx);
    }
    for (const process of [core, other, restarted()])
      expect(await process.chain.verify(ctx)).toMatchObject({ is_intact: true, is_anchored: true, checked: 15, anchor_count: 5 });
    expect(core.memory.fault ?? other.memory.fault).toBeUndefined();
  });

  it('go on from one that was stored by a process that died before it could note it', async () => {
    await write(1);
    await core.anchor(ctx);
    await asService(`UPDATE core.audit_anchor SET number = 0, sha256 = '', seq = 0, hash = decode(repeat('00', 32), 'hex')`);
    core = restarted();
    await core.anchor(ctx);
    expect(bucket.anchors.size).toBe(1);
    await write(1);
    await core.anchor(ctx);
    expect(await restarted().chain.verify(ctx)).toMatchObject({ is_intact: true, anchor_count: 2 });
  });

  it('of more than a page are all read', async () => {
    bucket.pageSize = 2;
    for (let round = 0; round < 5; round++) {
      await write(1);
      await core.anchor(ctx);
    }
    expect(await core.chain.verify(ctx)).toMatchObject({ is_intact: true, anchor_count: 5 });
  });

  it('are made for what was written last when core stops', async () => {
    await write(1);
    await core.anchors.beforeApplicationShutdown();
    expect(await restarted().chain.verify(ctx)).toMatchObject({ newest_anchor: { seq: 1 } });
  });

  it('of a chain that grows while it is checked do not confuse the check', async () => {
    await write(3);
    await core.anchor(ctx);
    const writing = (async () => {
      for (let round = 0; round < 20; round++) {
        await write(3);
        await core.anchor(ctx);
      }
    })();
    for (let round = 0; round < 10; round++) expect(await core.chain.verify(ctx)).toMatchObject({ is_intact: true, problem: null });
    await writing;
  });
});
