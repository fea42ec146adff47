import { inOrg, systemCtx, uuidv7 } from '@sallyport/context';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { SessionEnded } from '@sallyport/proto-gen/session/v1/session_event';
import { createLogger } from '@sallyport/telemetry';
import { aPostgres, asSuperuser, fakeClock, type FakeClock, type TestPostgres } from '@sallyport/testkit';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { coreTemplate } from './core-template.js';
import { createDataSource, Database } from '../src/database/index.js';
import { AuditEventEntity } from '../src/modules/audits/audit-event.entity.js';
import { AuditEventRepository } from '../src/modules/audits/audit-event.repository.js';
import type { LinkChain } from '../src/modules/audits/link-chain.service.js';
import { AuditLog } from '../src/modules/audits/index.js';
import { DEFAULT_ORG_ID } from '../src/modules/orgs/index.js';
import { Outbox } from '../src/modules/outbox/index.js';
import { OutboxEntity } from '../src/modules/outbox/outbox.entity.js';
import { OutboxAlarm } from '../src/modules/outbox/outbox-alarm.js';
import { OutboxRepository } from '../src/modules/outbox/outbox.repository.js';
import { CloseSession } from '../src/modules/sessions/close-session.service.js';
import { SessionLifecycle } from '../src/modules/sessions/session-lifecycle.service.js';
import { GatewayLeaseRepository } from '../src/modules/sessions/gateway-lease.repository.js';
import { LeaseReaper } from '../src/modules/sessions/lease-reaper.js';
import { SessionLeases } from '../src/modules/sessions/session-leases.service.js';
import { SessionEntity } from '../src/modules/sessions/session.entity.js';
import { SessionRepository } from '../src/modules/sessions/session.repository.js';

const logger = createLogger({ service: 'core', level: 'silent' });
const ctx = inOrg(systemCtx('test'), DEFAULT_ORG_ID);
const settings = { leaseSeconds: 30, namesTerminatingAdmin: false };
let postgres: TestPostgres;
let dataSource: DataSource;
let clock: FakeClock;

beforeAll(async () => {
  postgres = await aPostgres(coreTemplate);
  dataSource = await createDataSource(postgres.coreUrl).initialize();
});

beforeEach(() => {
  clock = fakeClock();
});

afterAll(async () => {
  await dataSource.destroy();
  await postgres.drop();
});

/** Returns the lease services of one core replica. */
function aReplica(source = dataSource) {
  const database = new Database(source);
  const sessions = new SessionRepository(database);
  const audit = new AuditLog(database, new AuditEventRepository(database), clock, { noted: 0, note: () => {} } as unknown as LinkChain);
  const ending = new SessionLifecycle(sessions, new Outbox(new OutboxRepository(database, source), database, new OutboxAlarm()), audit);
  const leases = new SessionLeases(database, sessions, new GatewayLeaseRepository(database), ending, clock, settings);
  return { leases, close: new CloseSession(database, sessions, ending, clock), reaper: new LeaseReaper(leases, clock, logger, settings) };
}

async function aSession(gatewayId = `gateway-${uuidv7()}`): Promise<{ id: string; gatewayId: string }> {
  const id = uuidv7();
  const now = clock.now();
  const names = { username: 'alice', assetName: 'web-1', account: 'root', address: '10.0.0.1', port: 22, sourceIp: '192.0.2.1' };
  const ids = { orgId: DEFAULT_ORG_ID, userId: uuidv7(), assetId: uuidv7(), accountId: uuidv7(), permissionId: uuidv7() };
  const dates = { dateStart: new Date(now), dateLeaseExpires: new Date(now + 30_000) };
  await dataSource.manager.insert(SessionEntity, { id, gatewayId, ...names, ...ids, ...dates, recordingMode: 'strict' });
  return { id, gatewayId };
}

const rowOf = (id: string) => dataSource.manager.findOneByOrFail(SessionEntity, { id });
const stateOf = async (id: string) => (await rowOf(id)).state;

async function factsOf(id: string): Promise<SessionEnded[]> {
  const rows = await dataSource.manager.findBy(OutboxEntity, { subject: 'sallyport.session.ended.v1' });
  return rows.map((row) => SessionEnded.decode(row.payload)).filter((fact) => fact.sessionId === id);
}

/** Runs a reaper every 2 s for some time, as its timer does. */
async function tickFor(reaper: LeaseReaper, seconds: number, meanwhile: () => Promise<unknown> = async () => {}): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 2) {
    await clock.advance(2_000);
    await meanwhile();
    await reaper.run(ctx).catch(() => undefined);
  }
}

describe('leases', () => {
  it('a session whose gateway stopped renewing is lost within lease + 5 s, with a fact for the recorder', async () => {
    const { reaper, leases } = aReplica();
    await tickFor(reaper, 32);
    const { id, gatewayId } = await aSession();
    await tickFor(reaper, 10);
    await leases.renew(ctx, gatewayId, [id]);
    const died = clock.now();
    await tickFor(reaper, 28);
    expect(await stateOf(id)).toBe('active');
    await tickFor(reaper, 6);
    const row = await rowOf(id);
    expect(row).toMatchObject({ state: 'lost', endReason: 'lost', dateEnd: new Date(died + 30_000), lastSeq: null });
    expect(await factsOf(id)).toEqual([
      { sessionId: id, orgId: DEFAULT_ORG_ID, reason: EndReason.LOST, endedAt: row.dateEnd, lastSeq: 0n, link: Buffer.alloc(0) },
    ]);
  });

  it('a lost session keeps the length and the chain that its gateway reported last, for the recorder and in the audit chain', async () => {
    const { reaper, leases } = aReplica();
    const { id, gatewayId } = await aSession();
    const [early, late] = ['aa'.repeat(32), 'bb'.repeat(32)];
    await leases.recordStored(ctx, gatewayId, [{ sessionId: id, lastSeq: 7n, link: late }]);
    await leases.recordStored(ctx, gatewayId, [{ sessionId: id, lastSeq: 3n, link: early }]);
    await leases.recordStored(ctx, 'another-gateway', [{ sessionId: id, lastSeq: 9n, link: early }]);
    expect(await rowOf(id)).toMatchObject({ lastSeq: 7n, recordingLink: late });
    await tickFor(reaper, 40);
    expect(await rowOf(id)).toMatchObject({ state: 'lost', lastSeq: 7n, recordingLink: late });
    expect(await factsOf(id)).toMatchObject([{ lastSeq: 7n, link: Buffer.from(late, 'hex') }]);
    const closed = await dataSource.manager.findOneByOrFail(AuditEventEntity, { resourceId: id, type: 'session.closed' });
    expect(closed.facts).toMatchObject({ recording: { last_seq: 7, link: late } });
  });

  it('a session that is renewed lives on', async () => {
    const { reaper, leases } = aReplica();
    const { id, gatewayId } = await aSession();
    await tickFor(reaper, 300, () => leases.renew(ctx, gatewayId, [id]));
    expect(await stateOf(id)).toBe('active');
  });

  it('a core that was away waits one lease before it reaps, so that gateways can renew first', async () => {
    const { id, gatewayId } = await aSession();
    await clock.advance(600_000);
    const { reaper, leases } = aReplica();
    await tickFor(reaper, 28);
    expect(await stateOf(id)).toBe('active');
    await leases.renew(ctx, gatewayId, [id]);
    await tickFor(reaper, 20);
    expect(await stateOf(id)).toBe('active');
  });

  it('a core that stood still, or whose clock was set, waits again', async () => {
    const { reaper } = aReplica();
    await tickFor(reaper, 60);
    const { id } = await aSession();
    await clock.advance(3_600_000);
    await reaper.run(ctx).catch(() => undefined);
    expect(await stateOf(id)).toBe('active');
    await tickFor(reaper, 32);
    expect(await stateOf(id)).toBe('lost');
  });

  it('a core whose database was away waits again once it is back', async () => {
    const own = await createDataSource(postgres.coreUrl).initialize();
    const { reaper } = aReplica(own);
    await tickFor(reaper, 60);
    const { id } = await aSession();
    await own.destroy();
    await tickFor(reaper, 40);
    await own.initialize();
    await tickFor(reaper, 10);
    expect(await stateOf(id)).toBe('active');
    await tickFor(reaper, 24);
    expect(await stateOf(id)).toBe('lost');
    await own.destroy();
  });

  it('two replicas that reap at once end each session once', async () => {
    const ids = await Promise.all(Array.from({ length: 120 }, async () => (await aSession()).id));
    await clock.advance(31_000);
    const reaped = await Promise.all([aReplica().leases.reap(ctx), aReplica().leases.reap(ctx)]);
    expect(reaped[0] + reaped[1]).toBeGreaterThanOrEqual(120);
    for (const id of ids.slice(0, 10)) expect(await factsOf(id)).toHaveLength(1);
    expect(await Promise.all(ids.map(stateOf))).toEqual(ids.map(() => 'lost'));
  });

  it('a gateway hears of sessions that are not its own, have ended, or are unknown', async () => {
    const { leases, close } = aReplica();
    const [mine, over, others] = [await aSession('gateway-1'), await aSession('gateway-1'), await aSession('gateway-2')];
    await close.close(ctx, { sessionId: over.id, reason: 'idle', detail: '', recording: { lastSeq: 7n, link: '' }, endedAt: undefined });
    const unknown = uuidv7();
    const held = await leases.renew(ctx, 'gateway-1', [mine.id, over.id, others.id, unknown]);
    expect(held.active.map(({ id }) => id)).toEqual([mine.id]);
    expect(held.ended).toEqual([
      { id: over.id, reason: 'idle' },
      { id: others.id, reason: 'lost' },
      { id: unknown, reason: 'lost' },
    ]);
  });

  it('a gateway with more sessions than a statement may have parameters keeps them all, and hears of those that are gone', async () => {
    const gatewayId = `gateway-${uuidv7()}`;
    await asSuperuser(
      postgres,
      `INSERT INTO core.session (id, org_id, user_id, username, asset_id, asset_name, address, port, account_id, account, permission_id, source_ip, gateway_id, recording_mode, date_start, date_lease_expires)
       SELECT gen_random_uuid(), '${DEFAULT_ORG_ID}', gen_random_uuid(), 'alice', gen_random_uuid(), 'web-1', '10.0.0.1', 22, gen_random_uuid(), 'root', gen_random_uuid(), '192.0.2.1', '${gatewayId}', 'strict', '${new Date(clock.now()).toISOString()}', '${new Date(clock.now() + 1_000).toISOString()}' FROM generate_series(1, 66000)`,
    );
    const held = (await dataSource.query<{ id: string }[]>('SELECT id FROM core.session WHERE gateway_id = $1', [gatewayId])).map(
      ({ id }) => id,
    );
    const unknown = Array.from({ length: 2_000 }, () => uuidv7());
    const { active, ended } = await aReplica().leases.renew(ctx, gatewayId, [...held, ...unknown]);
    expect([active.length, ended.length]).toEqual([66_000, 2_000]);
    const late = await dataSource.query<[{ count: string }]>(
      `SELECT count(*) FROM core.session s LEFT JOIN core.gateway_lease l USING (gateway_id)
       WHERE s.gateway_id = $1 AND greatest(s.date_lease_expires, l.date_expires) < $2`,
      [gatewayId, new Date(clock.now() + 30_000)],
    );
    expect(late[0].count).toBe('0');
    await dataSource.query('DELETE FROM core.session WHERE gateway_id = $1', [gatewayId]);
  });

  it('a session that its gateway does not list any more is lost when what was left of the lease is over; the others live on', async () => {
    const { reaper, leases } = aReplica();
    const [kept, dropped, back] = [await aSession('gateway-3'), await aSession('gateway-3'), await aSession('gateway-3')];
    const all = [kept.id, dropped.id, back.id];
    await tickFor(reaper, 60, () => leases.renew(ctx, 'gateway-3', all));
    const leaseEnds = new Date(clock.now() + 30_000);
    await tickFor(reaper, 20, () => leases.renew(ctx, 'gateway-3', [kept.id]));
    expect(await Promise.all(all.map(stateOf))).toEqual(['active', 'active', 'active']);
    await tickFor(reaper, 20, () => leases.renew(ctx, 'gateway-3', [kept.id, back.id]));
    expect(await Promise.all(all.map(stateOf))).toEqual(['active', 'lost', 'active']);
    expect((await rowOf(dropped.id)).dateEnd).toEqual(leaseEnds);
  });

  it('a gateway that renews late keeps what was not ended yet, and hears of the rest', async () => {
    const { leases } = aReplica();
    const many = await Promise.all(Array.from({ length: 3 }, () => aSession('gateway-4')));
    const ids = many.map(({ id }) => id);
    await leases.renew(ctx, 'gateway-4', ids);
    await clock.advance(31_000);
    await leases.renew(ctx, 'gateway-4', ids.slice(0, 1));
    await leases.reap(ctx);
    expect(await Promise.all(ids.map(stateOf))).toEqual(['active', 'lost', 'lost']);
    const { active, ended } = await leases.renew(ctx, 'gateway-4', ids);
    expect(active.map(({ id }) => id)).toEqual(ids.slice(0, 1));
    expect(ended).toEqual(ids.slice(1).map((id) => ({ id, reason: 'lost' })));
  });

  it('one gateway cannot keep the session of another alive', async () => {
    const { leases } = aReplica();
    const { id } = await aSession('gateway-a');
    const before = (await rowOf(id)).dateLeaseExpires;
    await clock.advance(5_000);
    await leases.renew(ctx, 'gateway-b', [id]);
    expect((await rowOf(id)).dateLeaseExpires).toEqual(before);
  });
});

describe('closing a session', () => {
  it('keeps why, when and how far it was recorded; closing again changes nothing', async () => {
    const { close } = aReplica();
    const { id } = await aSession();
    await clock.advance(10_000);
    const endedAt = new Date(clock.now() - 1_000);
    await close.close(ctx, { sessionId: id, reason: 'finished', detail: '', recording: { lastSeq: 42n, link: '' }, endedAt });
    const row = await rowOf(id);
    expect(row).toMatchObject({ state: 'finished', endReason: 'finished', dateEnd: endedAt, lastSeq: 42n });
    await close.close(ctx, { sessionId: id, reason: 'dial_failed', detail: 'again', recording: { lastSeq: 1n, link: '' }, endedAt });
    expect(await rowOf(id)).toEqual(row);
    expect(await factsOf(id)).toHaveLength(1);
  });

  it('a session that was given up stays lost, whatever its gateway says later', async () => {
    const { close, leases } = aReplica();
    const { id } = await aSession();
    await clock.advance(31_000);
    await leases.reap(ctx);
    await close.close(ctx, { sessionId: id, reason: 'finished', detail: '', recording: { lastSeq: 9n, link: '' }, endedAt: undefined });
    expect(await stateOf(id)).toBe('lost');
  });

  it('a gateway whose clock is wrong ends a session neither before it began nor in the future', async () => {
    const { close } = aReplica();
    const [early, late] = [await aSession(), await aSession()];
    await clock.advance(1_000);
    await close.close(ctx, {
      sessionId: early.id,
      reason: 'finished',
      detail: '',
      recording: { lastSeq: 1n, link: '' },
      endedAt: new Date(0),
    });
    await close.close(ctx, {
      sessionId: late.id,
      reason: 'finished',
      detail: '',
      recording: { lastSeq: 1n, link: '' },
      endedAt: new Date(clock.now() + 3_600_000),
    });
    expect((await rowOf(early.id)).dateEnd).toEqual((await rowOf(early.id)).dateStart);
    expect((await rowOf(late.id)).dateEnd).toEqual(new Date(clock.now()));
  });

  it('whatever an asset wrote into the reason is kept, readably: the gateway does not ask for ever', async () => {
    const { id } = await aSession();
    await aReplica().close.close(ctx, {
      sessionId: id,
      reason: 'dial_failed',
      detail: 'no\0route\u202e \ud800',
      recording: { lastSeq: 1n, link: '' },
      endedAt: undefined,
    });
    expect(await rowOf(id)).toMatchObject({ state: 'failed', detail: 'no\uFFFDroute\uFFFD \uFFFD' });
  });

  it('what could never be kept is refused for good, not as a failure of ours that may pass', async () => {
    const { id } = await aSession();
    const end = {
      sessionId: id,
      reason: 'finished',
      detail: '',
      recording: { lastSeq: 2n ** 64n - 1n, link: '' },
      endedAt: undefined,
    } as const;
    await expect(aReplica().close.close(ctx, end)).rejects.toMatchObject({ code: 'SESSION_END_REFUSED', kind: 'invalid' });
    expect(await stateOf(id)).toBe('active');
  });

  it('an unknown session is an error', async () => {
    const id = uuidv7();
    await expect(
      aReplica().close.close(ctx, {
        sessionId: id,
        reason: 'finished',
        detail: '',
        recording: { lastSeq: 0n, link: '' },
        endedAt: undefined,
      }),
    ).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });
});
