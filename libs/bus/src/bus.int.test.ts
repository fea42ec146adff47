import { AppError } from '@sallyport/errors';
import { createLogger } from '@sallyport/telemetry';
import { SessionEnded } from '@sallyport/proto-gen/session/v1/session_event';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { aNats, type TestNats } from '@sallyport/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectBus, type Bus } from './bus.js';
import type { ConsumeOptions, Received } from './consume.js';
import { sessionEnded } from './events.js';
import { clientOptions } from './identity.js';
import { DEAD_STREAM } from './streams.js';

const logger = createLogger({ service: 'bus-test', level: 'silent' });
const ended = (sessionId: string): SessionEnded => SessionEnded.fromPartial({ sessionId, lastSeq: 7n });

class Broken extends AppError {
  readonly code = 'BROKEN';
  constructor(readonly kind: 'invalid' | 'unavailable') {
    super('does not work');
  }
}

let nats: TestNats;
const open: { close(): Promise<void> }[] = [];
const bus = (): Bus => {
  const made = connectBus({ ...nats.as(), logger });
  open.push(made);
  return made;
};

beforeAll(async () => {
  nats = await aNats();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});
afterAll(() => nats.remove());

const consumer = (name: string) => nats.addConsumer(name, sessionEnded);

/** Starts to consume and returns the list of what it receives. */
function collect(
  target: Bus,
  consumer: ConsumeOptions<SessionEnded>['consumer'],
  options: {
    batchSize?: number;
    maxDeliveries?: number;
    fail?: (id: string, delivery: number) => AppError | undefined;
    onDeadLetter?: (error: AppError) => void;
  } = {},
) {
  const got: Received<SessionEnded>[] = [];
  const consuming = target.consume({
    consumer,
    batchSize: options.batchSize ?? 1,
    maxDeliveries: options.maxDeliveries ?? 3,
    maxBackOffMs: 300,
    ...(options.onDeadLetter && { onDeadLetter: options.onDeadLetter }),
    handle: async (batch) => {
      const failures = new Map<string, AppError>();
      for (const each of batch) {
        const error = options.fail?.(each.id, each.delivery);
        if (error) failures.set(each.id, error);
        else got.push(each);
      }
      return failures;
    },
  });
  open.unshift({ close: () => consuming.stop() });
  return got;
}

describe('bus', () => {
  it('delivers an event whole, with its id', async () => {
    const target = bus();
    const got = collect(target, await consumer('whole'));
    await target.publish(sessionEnded, ended('s-1'), { id: 'e-1' });
    await vi.waitFor(() => expect(got).toEqual([{ message: ended('s-1'), id: 'e-1', delivery: 1 }]), 5_000);
  });

  it('stores an event that is published twice once', async () => {
    const target = bus();
    expect(await target.publish(sessionEnded, ended('s-2'), { id: 'e-2' })).toEqual({ duplicate: false });
    expect(await target.publish(sessionEnded, ended('s-2'), { id: 'e-2' })).toEqual({ duplicate: true });
  });

  it('delivers the waiting messages as one batch, and fails single messages of it', async () => {
    const target = bus();
    for (let i = 0; i < 20; i++) await target.publish(sessionEnded, ended(`b-${i}`), { id: `b-${i}` });
    const got = collect(target, await consumer('batch'), {
      batchSize: 100,
      fail: (id, delivery) => (id === 'b-7' && delivery === 1 ? new Broken('unavailable') : undefined),
    });
    await vi.waitFor(() => expect(got.filter(({ id }) => id.startsWith('b-'))).toHaveLength(20), 10_000);
    expect(got.find(({ id }) => id === 'b-7')?.delivery).toBe(2);
    expect(got.filter(({ id }) => id.startsWith('b-') && id !== 'b-7').every(({ delivery }) => delivery === 1)).toBe(true);
  });

  it('moves a message to the dead letters after its last failed delivery, and an invalid one at once', async () => {
    const target = bus();
    const tries: string[] = [];
    const dead: string[] = [];
    collect(target, await consumer('dead'), {
      onDeadLetter: ({ code }) => dead.push(code),
      maxDeliveries: 3,
      fail: (id) => {
        if (!id.startsWith('dead-')) return undefined;
        tries.push(id);
        return new Broken(id === 'dead-bad' ? 'invalid' : 'unavailable');
      },
    });
    await target.publish(sessionEnded, ended('x'), { id: 'dead-bad' });
    await target.publish(sessionEnded, ended('y'), { id: 'dead-tired' });
    const manager = await jetstreamManager(await connect(clientOptions(nats.as())));
    await vi.waitFor(async () => expect((await manager.streams.info(DEAD_STREAM)).state.messages).toBe(2), 10_000);
    expect(dead).toEqual(['BROKEN', 'BROKEN']);
    expect(tries.filter((id) => id === 'dead-bad')).toHaveLength(1);
    expect(tries.filter((id) => id === 'dead-tired')).toHaveLength(3);
    const letter = await manager.streams.getMessage(DEAD_STREAM, { seq: 1 });
    expect([
      letter?.header.get('Sallyport-Id'),
      letter?.header.get('Sallyport-Dead-Code'),
      SessionEnded.decode(letter?.data ?? new Uint8Array()),
    ]).toEqual(['dead-bad', 'BROKEN', ended('x')]);
  });

  it('carries an order to its gateway and to no other', async () => {
    const target = bus();
    await target.ready(5_000);
    const [mine, other] = [vi.fn(), vi.fn()];
    target.subscribeTerminate('gw-1', mine);
    target.subscribeTerminate('gw-2', other);
    await target.ready(5_000);
    await vi.waitFor(async () => {
      await target.publishTerminate('gw-1', { sessionId: 's', message: 'bye', requestedBy: 'admin' });
      expect(mine).toHaveBeenCalledWith({ sessionId: 's', message: 'bye', requestedBy: 'admin' });
    }, 5_000);
    expect(other).not.toHaveBeenCalled();
  });

  it('starts while NATS is away, reports that, and works when NATS comes', async () => {
    const late = await consumer('late');
    await nats.stop();
    const target = bus();
    const got = collect(target, late);
    await expect(target.publish(sessionEnded, ended('early'), { id: 'early' })).rejects.toMatchObject({
      code: 'BUS_UNAVAILABLE',
      kind: 'unavailable',
    });
    expect(target.problem()).toBeTruthy();
    nats = await nats.restart();
    await target.ready(10_000);
    expect(target.problem()).toBeUndefined();
    await target.publish(sessionEnded, ended('late'), { id: 'late' });
    await vi.waitFor(() => expect(got.map(({ id }) => id)).toContain('late'), 10_000);
  });

  it('stops consuming at once while NATS is away, and while it waits for a message', async () => {
    const away = connectBus({ ...nats.as(), url: 'nats://127.0.0.1:1', logger });
    open.push(away);
    const there = bus();
    await there.ready(5_000);
    const idle = { batchSize: 1, maxDeliveries: 3, maxBackOffMs: 300, handle: () => Promise.resolve(new Map<string, AppError>()) };
    const [ofAway, ofThere] = [await consumer('none-away'), await consumer('none-there')];
    const consuming = [away.consume({ ...idle, consumer: ofAway }), there.consume({ ...idle, consumer: ofThere })];
    await vi.waitFor(() => expect(away.problem()).toBeDefined(), 5_000);
    const before = performance.now();
    await Promise.all(consuming.map((each) => each.stop()));
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('goes on consuming after NATS was killed, and loses nothing that it had acknowledged', async () => {
    const target = bus();
    const got = collect(target, await consumer('killed'));
    await target.publish(sessionEnded, ended('before'), { id: 'kill-before' });
    await vi.waitFor(() => expect(got.map(({ id }) => id)).toContain('kill-before'), 10_000);
    process.kill(nats.pid, 'SIGKILL');
    await expect(target.publish(sessionEnded, ended('gone'), { id: 'kill-gone' })).rejects.toMatchObject({ kind: 'unavailable' });
    nats = await nats.restart();
    await vi.waitFor(async () => void (await target.publish(sessionEnded, ended('gone'), { id: 'kill-gone' })), 15_000);
    await vi.waitFor(() => expect(got.map(({ id }) => id)).toContain('kill-gone'), 15_000);
  });
});
