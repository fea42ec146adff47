import { inOrg, systemCtx, type OrgCtx } from '@sallyport/context';
import { aPostgres, fakeClock, withClient, type FakeClock, type TestPostgres } from '@sallyport/testkit';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aChain, AnchorBucket, anchorKeys, type TestChain } from './a-chain.js';
import { coreTemplate } from './core-template.js';
import { createDataSource } from '../src/database/index.js';
import { migrations } from '../src/database/migrations/index.js';
import { hashEvent } from '../src/modules/audits/canonical-event.js';
import { DEFAULT_ORG_ID } from '../src/modules/orgs/index.js';

const ctx = inOrg(systemCtx('test'), DEFAULT_ORG_ID);
const keys = anchorKeys();
let postgres: TestPostgres;
let dataSource: DataSource;
let bucket: AnchorBucket;
let clock: FakeClock;
let core: TestChain;

const restarted = (): TestChain => aChain(dataSource, { bucket, keys, clock });
beforeEach(async () => {
  postgres = await aPostgres(coreTemplate);
  dataSource = await createDataSource(postgres.coreServiceUrl).initialize();
  bucket = new AnchorBucket();
  clock = fakeClock();
  core = restarted();
});
afterEach(async () => {
  await dataSource.destroy();
  await postgres.drop();
});

/** Writes an event whose actor has this name. */
const write = (name: string, within: OrgCtx = ctx, chain = core): Promise<void> =>
  chain.audit.write(within, { type: 'user.signed-in', outcome: 'success', actor: { username: name } });
const linked = async (): Promise<string[]> => (await core.events.after(ctx, 0n, 10_000)).map(({ actorName }) => actorName);
const head = async () =>
  (
    await dataSource.query<{ linked_position: string; last_value: string }[]>(
      'SELECT linked_position, last_value FROM core.audit_head, core.audit_event_position_seq',
    )
  )[0]!;
const as = (url: string, ...statements: readonly string[]): Promise<void> =>
  withClient(url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
const asOwner = (...statements: readonly string[]): Promise<void> =>
  as(postgres.coreUrl, 'ALTER TABLE core.audit_event DISABLE TRIGGER USER', ...statements);

/** Links until the head has moved behind a position. It moves when every older transaction of the server has ended, also those of other tests. */
const linksUpTo = (position: string): Promise<void> =>
  vi.waitFor(
    async () => {
      await core.link();
      expect((await head()).linked_position).toBe(position);
    },
    { timeout: 30_000 },
  );

/** Writes an event in a transaction that stays open until the returned function is called. */
async function writeLate(name: string): Promise<() => Promise<void>> {
  const written = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const running = core.database.run(ctx, async (inside) => {
    await write(name, inside);
    written.resolve();
    await gate.promise;
  });
  await written.promise;
  return async () => {
    gate.resolve();
    await running;
  };
}

describe('audit events', () => {
  it('are linked in the order in which a process wrote them, however many batches they are', async () => {
    const names = Array.from({ length: 2_300 }, (_, index) => `user ${index}`);
    await core.database.run(ctx, async (inside) => {
      for (const name of names) await write(name, inside);
    });
    await core.link();
    expect(await linked()).toEqual(names);
    expect(await core.chain.verify(ctx)).toMatchObject({ checked: names.length, broken_at: null });
  });

  it('of a transaction that commits late are linked behind those that were written later', async () => {
    const commit = await writeLate('late');
    for (let round = 0; round < 4; round++) {
      await write(`early ${round}`);
      await core.link();
    }
    expect(await linked()).toEqual(['early 0', 'early 1', 'early 2', 'early 3']);
    await commit();
    await core.link();
    expect((await linked()).at(-1)).toBe('late');
  });

  it('of a transaction that was rolled back leave no hole in the chain', async () => {
    const failed = core.database.run(ctx, async (inside) => {
      await write('rolled back', inside);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await write('kept');
    expect(await core.chain.verify(ctx)).toMatchObject({ checked: 1, broken_at: null });
    expect(core.memory.fault).toBeUndefined();
  });

  it('that are linked are not read again: the head moves behind them once older transactions have ended', async () => {
    const commit = await writeLate('late');
    await write('early');
    for (let round = 0; round < 3; round++) await core.link();
    expect(await head()).toEqual({ linked_position: '0', last_value: '2' });
    await commit();
    await linksUpTo('2');
  });

  it('are linked after a dump was put back on a server that counts its transactions from lower numbers', async () => {
    await write('before');
    await core.link();
    await asOwner('UPDATE core.audit_head SET next_xid = 4000000000, next_position = next_position + 5');
    core = restarted();
    for (let round = 0; round < 8; round++) {
      await write(`after ${round}`);
      await core.link();
    }
    expect(await linked()).toHaveLength(9);
    await linksUpTo((await head()).last_value);
  });

  it('of a process that died before it linked them are linked by the next one at its start', async () => {
    await write('of the dead');
    core = restarted();
    await core.link();
    expect(await linked()).toEqual(['of the dead']);
  });

  it('of several processes that write and link at once are one chain without forks', async () => {
    const others = [core, restarted(), restarted()];
    await Promise.all(
      others.flatMap((each, process) =>
        Array.from({ length: 20 }, async (_, index) => {
          await write(`${process}/${index}`, ctx, each);
          await each.link();
        }),
      ),
    );
    expect(new Set(await linked()).size).toBe(60);
    for (const each of others) {
      await each.link();
      expect(await each.chain.verify(ctx)).toMatchObject({ checked: 60, broken_at: null });
      expect([each.memory.fault, each.memory.waiting]).toEqual([undefined, []]);
    }
  });
});

describe('an event that is not linked yet', () => {
  const id = '(SELECT id FROM core.audit_event ORDER BY position DESC LIMIT 1)';

  it('and is removed by the owner of the database is missed by the process that wrote it', async () => {
    await write('kept');
    await write('removed');
    await asOwner(`DELETE FROM core.audit_event WHERE id = ${id}`);
    expect(await core.chain.verify(ctx)).toMatchObject({
      is_intact: false,
      checked: 1,
      problem: expect.stringMatching(/^event .* that this process wrote is missing: it was removed before it was linked$/),
    });
    expect(core.log.join('')).toContain('the audit chain was tampered with');
  });

  it('and is changed by the owner is noticed by the process that wrote it, whichever process links it', async () => {
    const other = restarted();
    for (const isLinkedByOther of [false, true]) {
      core = restarted();
      await write('alice');
      await asOwner(`UPDATE core.audit_event SET actor_name = 'innocent' WHERE id = ${id}`);
      if (isLinkedByOther) await other.link();
      expect(await core.chain.verify(ctx)).toMatchObject({
        is_intact: false,
        problem: expect.stringMatching(/^event \d that this process wrote was changed before it was linked$/),
      });
    }
  });

  it('and is left out, because the owner moved the head behind it, is named by its process and by any other', async () => {
    await write('alice');
    await asOwner('UPDATE core.audit_head SET linked_position = 1, next_position = 1');
    expect(await core.chain.verify(ctx)).toMatchObject({ is_intact: false, problem: expect.stringContaining('was left out of the chain') });
    await clock.advance(6_000);
    expect(await restarted().chain.verify(ctx)).toMatchObject({
      is_intact: false,
      problem: expect.stringMatching(/^event .* of .*Z is not in the chain$/),
    });
  });

  it('and changes places with another, because core’s own role linked them, is noticed by the process that wrote them', async () => {
    for (const name of ['first', 'second']) await write(name);
    const events = await dataSource.query<{ id: string }[]>('SELECT id FROM core.audit_event ORDER BY position DESC');
    const found = await core.events.find(
      ctx,
      events.map(({ id }) => id),
    );
    let prevHash: Buffer = Buffer.alloc(32);
    for (const [index, { id }] of events.entries()) {
      const hash = hashEvent({ ...found.get(id)!, seq: BigInt(index + 1), prevHash });
      await dataSource.query('INSERT INTO core.audit_link (seq, event_id, prev_hash, hash) VALUES ($1, $2, $3, $4)', [
        index + 1,
        id,
        prevHash,
        hash,
      ]);
      await dataSource.query('UPDATE core.audit_head SET seq = $1, hash = $2', [index + 1, hash]);
      prevHash = hash;
    }
    expect(await core.chain.verify(ctx)).toMatchObject({
      is_intact: false,
      problem: 'event 2 was committed before event 1 was written: they changed places',
    });
  });

  it('shows by its age, also to the process that can’t link it', async () => {
    const age = async (): Promise<string | undefined> => /^core_audit_unlinked_age_seconds\S* (\S+)$/m.exec(await core.metrics.text())?.[1];
    expect(await age()).toBe('0');
    await write('alice');
    await clock.advance(7_000);
    expect(await age()).toBe('7');
    await core.link();
    expect(await age()).toBe('0');
  });

  it('can’t get a place that core’s own role took for another: the process notices, and says so', async () => {
    await write('first');
    await core.link();
    await as(
      postgres.coreServiceUrl,
      `INSERT INTO core.audit_link (seq, event_id, prev_hash, hash) VALUES (2, gen_random_uuid(), '\\x00', '\\x00')`,
    );
    await write('alice');
    await core.link();
    await clock.advance(6_000);
    expect(core.log.join('')).toContain('the chain has links behind its head');
    expect(await core.chain.verify(ctx)).toMatchObject({ is_intact: false, problem: expect.stringContaining('links behind its head') });
    expect(await restarted().chain.verify(ctx)).toMatchObject({ is_intact: false });
  });
});

describe('the chain of an older version', () => {
  it('is moved into links without another hash or order', async () => {
    const empty = await aPostgres();
    const before = migrations.filter(({ name }) => name !== 'LinkAuditEvents1796400000000');
    const old = await createDataSource(empty.coreUrl).setOptions({ migrations: before }).initialize();
    await old.runMigrations();
    const hashes: string[] = [];
    for (let seq = 1n, prevHash: Buffer = Buffer.alloc(32); seq <= 5n; seq++) {
      const row = {
        id: crypto.randomUUID(),
        orgId: DEFAULT_ORG_ID,
        type: 'user.signed-in',
        outcome: 'success',
        actorKind: 'user',
      } as const;
      const rest = { actorId: null, actorName: `user ${seq}`, sourceIp: null, resourceKind: null, resourceId: null, resourceName: null };
      const event = {
        ...row,
        ...rest,
        facts: { n: Number(seq) },
        requestId: 'r',
        dateCreated: new Date(Date.UTC(2026, 1, 1)),
        seq,
        prevHash,
      };
      const hash = hashEvent(event);
      await old.query(
        `INSERT INTO core.audit_event (id, seq, org_id, type, outcome, actor_kind, actor_name, facts, request_id, date_created, prev_hash, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
        [
          row.id,
          String(seq),
          row.orgId,
          row.type,
          row.outcome,
          row.actorKind,
          event.actorName,
          event.facts,
          'r',
          event.dateCreated,
          prevHash,
          hash,
        ],
      );
      await old.query('UPDATE core.audit_head SET seq = $1, hash = $2', [String(seq), hash]);
      hashes.push(hash.toString('hex'));
      prevHash = hash;
    }
    await old.destroy();
    const migrated = await createDataSource(empty.coreUrl).initialize();
    await migrated.runMigrations();
    const chain = aChain(migrated);
    expect((await chain.events.after(ctx, 0n, 10)).map(({ hash }) => hash.toString('hex'))).toEqual(hashes);
    await write('after', ctx, chain);
    expect(await chain.chain.verify(ctx)).toMatchObject({ is_intact: true, checked: 6 });
    await migrated.destroy();
    await empty.drop();
  });
});
