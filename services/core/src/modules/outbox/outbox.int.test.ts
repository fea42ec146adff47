import { connectBus, sessionStarted, type Bus, type Consuming, type EventDef, type Received } from '@sallyport/bus';
import { systemClock, systemCtx, uuidv7 } from '@sallyport/context';
import type { SessionStarted } from '@sallyport/proto-gen/session/v1/session_event';
import { createLogger, createMetrics } from '@sallyport/telemetry';
import { aNats, aPostgres, withClient, type TestNats, type TestPostgres } from '@sallyport/testkit';
import type { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDataSource, Database } from '../../database/index.js';
import { coreTemplate } from '../../../test/core-template.js';
import { OutboxAlarm } from './outbox-alarm.js';
import { OutboxMetrics } from './outbox-metrics.js';
import { OutboxPublisher } from './outbox-publisher.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxEntity } from './outbox.entity.js';
import { Outbox } from './outbox.js';
import { OutboxRepository } from './outbox.repository.js';

const logger = createLogger({ service: 'core', level: 'silent' });
const ctx = systemCtx('test');
let postgres: TestPostgres;
let nats: TestNats;
let dataSource: DataSource;
let database: Database;
let bus: Bus;
const relays: OutboxRelay[] = [];
const consumers: Consuming[] = [];

beforeAll(async () => {
  [postgres, nats] = await Promise.all([aPostgres(coreTemplate), aNats()]);
  dataSource = await createDataSource(postgres.coreUrl).initialize();
  database = new Database(dataSource);
  bus = connectBus({ ...nats.as(), logger });
});

afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.beforeApplicationShutdown()));
  await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
});

afterAll(async () => {
  await bus.close();
  await dataSource.destroy();
  await nats.remove();
  await postgres.drop();
});

const alarm = new OutboxAlarm();
const anOutbox = () => new Outbox(new OutboxRepository(database, dataSource), database, alarm);

function startRelay(through: Pick<Bus, 'publish'> = bus): { metrics: () => Promise<string> } {
  const metrics = createMetrics('core');
  const outboxMetrics = new OutboxMetrics(metrics, systemClock);
  const publisher = new OutboxPublisher(through, outboxMetrics, systemClock, logger);
  const relay = new OutboxRelay(new OutboxRepository(database, dataSource), publisher, outboxMetrics, alarm, systemClock, logger);
  relay.onApplicationBootstrap();
  relays.push(relay);
  return { metrics: () => metrics.text() };
}

const aFact = (sessionId: string, assetId = 'a'): SessionStarted => ({
  sessionId,
  orgId: 'o',
  userId: 'u',
  assetId,
  accountId: 'c',
  startedAt: new Date(0),
});

async function keep(...facts: SessionStarted[]): Promise<void> {
  const outbox = anOutbox();
  for (const fact of facts) await database.run(ctx, (inside) => outbox.add(inside, sessionStarted, fact, fact.sessionId));
}

/** Returns the facts that arrived, by session. */
async function listen(sessionIds: readonly string[]): Promise<SessionStarted[]> {
  const seen: SessionStarted[] = [];
  const handle = async (batch: readonly Received<SessionStarted>[]): Promise<void> => {
    seen.push(...batch.map(({ message }) => message).filter(({ sessionId }) => sessionIds.includes(sessionId)));
  };
  const consumer = await nats.addConsumer(`test-${uuidv7()}`, sessionStarted);
  consumers.push(bus.consume({ consumer, batchSize: 100, maxDeliveries: 1, handle }));
  return seen;
}

const waitingCount = (): Promise<number> =>
  dataSource.manager.createQueryBuilder(OutboxEntity, 'event').where('event.date_published IS NULL').getCount();
const soon = { timeout: 20_000, interval: 50 };

describe('outbox', () => {
  it('publishes what a transaction kept, and nothing of one that was rolled back', async () => {
    const [kept, undone] = [uuidv7(), uuidv7()];
    const seen = await listen([kept, undone]);
    const outbox = anOutbox();
    const failing = database.run(ctx, async (inside) => {
      await outbox.add(inside, sessionStarted, aFact(undone), undone);
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    await keep(aFact(kept));
    startRelay();
    await vi.waitFor(() => expect(seen).toEqual([aFact(kept)]), soon);
    expect(await waitingCount()).toBe(0);
  });

  it('refuses to keep a fact outside a transaction', async () => {
    await expect(anOutbox().add(ctx, sessionStarted, aFact('x'), 'x')).rejects.toThrow('outside a transaction');
  });

  it('with two replicas each fact is published once, and those about one thing in order', async () => {
    const sessions = Array.from({ length: 5 }, uuidv7);
    const published: string[] = [];
    const counting: Pick<Bus, 'publish'> = {
      publish: async <T>(event: EventDef<T>, message: T, options: { id: string }) => {
        published.push(options.id);
        return bus.publish(event, message, options);
      },
    };
    const seen = await listen(sessions);
    startRelay(counting);
    startRelay(counting);
    for (let step = 0; step < 10; step++) await keep(...sessions.map((id) => aFact(id, String(step))));
    await vi.waitFor(() => expect(seen).toHaveLength(50), soon);
    for (const id of sessions)
      expect(seen.filter((fact) => fact.sessionId === id).map((fact) => fact.assetId)).toEqual([
        '0',
        '1',
        '2',
        '3',
        '4',
        '5',
        '6',
        '7',
        '8',
        '9',
      ]);
    expect(published).toHaveLength(new Set(published).size);
  });

  it('a standby takes over when the relaying replica is gone', async () => {
    startRelay();
    await keep(aFact(uuidv7()));
    await vi.waitFor(async () => expect(await waitingCount()).toBe(0), soon);
    startRelay();
    await relays.shift()?.beforeApplicationShutdown();
    await keep(aFact(uuidv7()));
    await vi.waitFor(async () => expect(await waitingCount()).toBe(0), soon);
  });

  it('a relay whose database connection is cut goes on with another one', async () => {
    startRelay();
    await keep(aFact(uuidv7()));
    await vi.waitFor(async () => expect(await waitingCount()).toBe(0), soon);
    const cut = await withClient(postgres.url, (client) =>
      client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      ),
    );
    expect(cut.rowCount).toBe(1);
    await keep(aFact(uuidv7()));
    await vi.waitFor(async () => expect(await waitingCount()).toBe(0), soon);
  });

  it('what follows a fact that fails waits with it, and other things go on', async () => {
    const [stuck, free] = [uuidv7(), uuidv7()];
    let isBroken = true;
    const published: string[] = [];
    const breaking: Pick<Bus, 'publish'> = {
      publish: async (event, message) => {
        const { sessionId, assetId } = sessionStarted.codec.decode(event.codec.encode(message).finish());
        if (isBroken && sessionId === stuck) throw new Error('too large');
        published.push(sessionId === stuck ? `stuck ${assetId}` : 'free');
        return { duplicate: false };
      },
    };
    await keep(aFact(stuck, '1'), aFact(stuck, '2'), aFact(free));
    startRelay(breaking);
    await vi.waitFor(() => expect(published).toEqual(['free']), soon);
    isBroken = false;
    await vi.waitFor(() => expect(published).toEqual(['free', 'stuck 1', 'stuck 2']), soon);
  });

  it('facts wait through an outage of NATS, are counted, and come out when it is back', async () => {
    const id = uuidv7();
    const seen = await listen([id]);
    await keep(aFact(id, 'before'));
    const { metrics } = startRelay();
    await vi.waitFor(() => expect(seen).toHaveLength(1), soon);
    await nats.stop();
    await keep(aFact(id, 'during'), aFact(id, 'during too'));
    await vi.waitFor(async () => expect(await metrics()).toMatch(/core_outbox_waiting_events\{[^}]*\} 2\n/), soon);
    nats = await nats.restart();
    await vi.waitFor(() => expect(seen.map((fact) => fact.assetId)).toEqual(['before', 'during', 'during too']), soon);
    await vi.waitFor(async () => expect(await metrics()).toMatch(/core_outbox_waiting_events\{[^}]*\} 0\n/), soon);
  });
});
