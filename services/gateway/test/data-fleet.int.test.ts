import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aFleet, type Caller, closed, type TestFleet } from './a-fleet.js';

let f: TestFleet;
beforeEach(async () => {
  f = await aFleet();
  await f.fleet.open('127.0.0.1:22');
});
afterEach(() => f.stop());

const served = (caller: Caller): Promise<string> =>
  vi.waitFor(() => caller.servedBy ?? Promise.reject(new Error('no process serves it')), 20_000);
const pidOf = (gatewayId: string): number => f.fleet.children.find(({ order }) => order.gatewayId === gatewayId)?.pid ?? 0;
const all = (count: number): Caller[] => Array.from({ length: count }, () => f.call());

/** Returns a caller of each process. A process that is a little busier than the other may get none of the first callers. */
async function oneOfEach(): Promise<Caller[]> {
  const found = new Map<string, Caller>();
  while (found.size < 2) {
    const caller = f.call();
    found.set(await served(caller), caller);
  }
  return [...found.values()];
}

describe('connections', () => {
  it('are handed over with all that the client has sent, and are spread', async () => {
    const callers = all(20);
    const by = await Promise.all(callers.map(served));
    for (const id of ['gw.1', 'gw.2']) expect(by.filter((each) => each === id).length, id).toBeGreaterThan(5);
    await vi.waitFor(() => expect(callers.every((caller) => caller.hasReceived('heard hello'))).toBe(true));
  });

  it('are not placed on a process that is busy with a bulk transfer', async () => {
    const bulk = f.call();
    const busy = await served(bulk);
    bulk.send('bulk');
    await vi.waitFor(
      () => expect(f.fleet.children.find(({ order }) => order.gatewayId === busy)?.report?.utilisation).toBeGreaterThan(0.6),
      3_000,
    );
    const others = await Promise.all(all(10).map(served));
    expect(others.filter((id) => id === busy)).toEqual([]);
  });

  it('of one source that do not sign in have one bound for all processes', async () => {
    const flood = all(200);
    await vi.waitFor(() => expect(flood.filter((caller) => caller.isClosed)).toHaveLength(136), 5_000);
    const inside = flood.filter((caller) => !caller.isClosed);
    await Promise.all(inside.map(served));
    expect(new Set(inside.map((caller) => caller.servedBy))).toEqual(new Set(['gw.1', 'gw.2']));
    // each client that signs in or disconnects frees a place
    for (const caller of inside.slice(0, 10)) caller.send('sign-in');
    for (const caller of inside.slice(10, 20)) caller.socket.destroy();
    await vi.waitFor(() => expect(f.limiter.pending).toBe(44));
    const more = all(20);
    await Promise.all(more.map(served));
    expect(f.limiter.pending).toBe(64);
  });

  it('of a user are served although 64 silent sockets of the same address hold all its places', async () => {
    const silent = all(64);
    await Promise.all(silent.map(served));
    for (const caller of silent.slice(1)) caller.send('exchange-keys');
    const user = f.call('exchange-keys');
    expect(await served(user)).toMatch(/^gw\./);
    await closed(silent[0]!);
    const another = f.call();
    expect(await served(another)).toMatch(/^gw\./);
    expect([user.isClosed, f.limiter.pending]).toEqual([false, 64]);
  });

  it('of one user have one bound for all processes, and each that closes makes room', async () => {
    const mine = all(6);
    await Promise.all(mine.map(served));
    for (const caller of mine) caller.send('admit');
    const refused = (): Caller[] => mine.filter((caller) => caller.hasReceived('alice already has 5 connections to this gateway'));
    await vi.waitFor(() => expect(refused()).toHaveLength(1));
    expect(mine.filter((caller) => caller.hasReceived('admitted'))).toHaveLength(5);
    mine.find((caller) => !refused().includes(caller))!.socket.destroy();
    await vi.waitFor(async () => {
      const next = f.call('admit');
      await vi.waitFor(() => expect(next.hasReceived('admitted')).toBe(true), 500);
    }, 5_000);
  });
});

describe('a data process that dies', () => {
  it('loses its own connections alone, and is replaced under a new name', async () => {
    const [dying, staying] = (await oneOfEach()) as [Caller, Caller];
    const dead = await served(dying);
    process.kill(pidOf(dead), 'SIGKILL');
    await closed(dying);
    staying.send('still-there');
    await vi.waitFor(() => expect(staying.hasReceived('heard still-there')).toBe(true), 5_000);
    await vi.waitFor(() => expect(f.fleet.slots.every(({ child }) => child?.crypto)).toBe(true), 5_000);
    const newcomers = await Promise.all(all(4).map(served));
    expect(newcomers).toContain('gw.3');
    expect(newcomers).not.toContain(dead);
    staying.socket.destroy();
    expect(f.log.join('')).toContain('a data process died with its sessions');
    expect(await f.metrics()).toContain('gateway_data_processes_lost_total{why="crashed",service="gateway"} 1');
  });

  it('releases the places of its unauthenticated connections', async () => {
    const waiting = all(30);
    const by = await Promise.all(waiting.map(served));
    process.kill(pidOf('gw.1'), 'SIGKILL');
    await vi.waitFor(() => expect(f.limiter.pending).toBe(by.filter((id) => id === 'gw.2').length), 5_000);
  });

  it('leaves its counters in the sums', async () => {
    await Promise.all(all(12).map(served));
    expect(await f.metrics()).toMatch(/stub_served_total 12\n/);
    process.kill(pidOf('gw.1'), 'SIGKILL');
    await vi.waitFor(() => expect(f.fleet.slots[0]?.child?.order.gatewayId).toBe('gw.3'), 5_000);
    expect(await f.metrics()).toMatch(/stub_served_total 12\n/);
    await vi.waitFor(() => expect(f.fleet.slots[0]?.child?.crypto).toBeDefined(), 5_000);
    await Promise.all(all(3).map(served));
    expect(await f.metrics()).toMatch(/stub_served_total 15\n/);
  });

  it('again and again is restarted with growing delays, while the other serves', async () => {
    const pidOfSecond = (): number | undefined => f.fleet.slots[1]?.child?.pid;
    let since = 0;
    for (let death = 0, last = 0; death < 5; death++) {
      since = performance.now();
      last = await vi.waitFor(() => {
        const pid = pidOfSecond();
        return pid !== undefined && pid !== last ? pid : Promise.reject(new Error('not there yet'));
      }, 10_000);
      expect((await served(f.call())).startsWith('gw.')).toBe(true);
      process.kill(last, 'SIGKILL');
    }
    // the fourth wait is 400 to 800 ms
    expect(performance.now() - since).toBeGreaterThan(300);
  });
});

it('a data process that no longer answers is killed and replaced; a connection on its way to it is served by another', async () => {
  const blocking = f.call();
  const blocked = await served(blocking);
  const pid = pidOf(blocked);
  blocking.send('block');
  const callers = all(10); // before the control process can know
  expect(new Set(await Promise.all(callers.map(served)))).not.toContain(blocked);
  await closed(blocking);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  await vi.waitFor(
    () => expect(f.fleet.children.map(({ order, crypto }) => [order.gatewayId, crypto])).toContainEqual(['gw.3', 'none']),
    5_000,
  );
  expect(f.log.join('')).toContain('"why":"stuck"');
}, 40_000);

it('a data process whose event loop does not turn gets no new connection, and the permits of its users come back when it is killed', async () => {
  const [one, other] = all(2) as [Caller, Caller];
  const blocked = await served(one);
  await served(other);
  one.send('admit');
  await vi.waitFor(() => expect(one.hasReceived('admitted')).toBe(true));
  one.send('block');
  const child = f.fleet.children.find(({ order }) => order.gatewayId === blocked)!;
  await vi.waitFor(() => expect(child.isSilent).toBe(true), 5_000);
  expect([child.isFree, child.isAvailable]).toEqual([true, false]);
  await vi.waitFor(() => expect(f.log.join('')).toContain('does not answer'), 5_000);
  await closed(one);
  const mine = all(5);
  await Promise.all(mine.map(served));
  for (const caller of mine) caller.send('admit');
  await vi.waitFor(() => expect(mine.every((caller) => caller.hasReceived('admitted'))).toBe(true));
}, 40_000);

it('a connection that is lost on its way to a live process is closed, and the process takes others again', async () => {
  const ofEach = await oneOfEach();
  for (const caller of ofEach) caller.send('deaf');
  await vi.waitFor(() => expect(ofEach.every((caller) => caller.hasReceived('is deaf'))).toBe(true));
  const before = f.limiter.pending;
  const lost = all(2);
  await vi.waitFor(() => expect(lost.every((caller) => caller.isClosed)).toBe(true), 15_000);
  expect(lost.map((caller) => caller.servedBy)).toEqual([undefined, undefined]);
  expect(f.limiter.pending).toBe(before);
  const by = await Promise.all(all(8).map(served));
  expect(new Set(by)).toEqual(new Set(['gw.1', 'gw.2']));
}, 40_000);

it('all processes drain, and have exited when that is over', async () => {
  const callers = all(2);
  await Promise.all(callers.map(served));
  const pids = f.fleet.children.map(({ pid }) => pid);
  const drained = f.fleet.drain();
  for (const caller of callers) caller.send('one-more');
  await vi.waitFor(() => expect(callers.every((caller) => caller.hasReceived('heard one-more'))).toBe(true), 280); // the stub takes 300 ms
  await drained;
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

it('a fleet whose first process can not start fails with its exit code, and does not retry', async () => {
  process.env['STUB_IS_BROKEN'] = 'yes';
  const broken = await aFleet();
  await expect(broken.fleet.open('127.0.0.1:22')).rejects.toThrow(/"gw.1" ended with exit code 3 before it served/);
  delete process.env['STUB_IS_BROKEN'];
  await broken.stop();
});
