import { fakeClock } from '@sallyport/testkit';
import { describe, expect, it } from 'vitest';
import { ArrivalPace, type Arrival } from './arrival-pace.js';

const FLOOD = '192.0.2.1';
const PROXY = '127.0.0.1';

interface Connection extends Arrival {
  readonly number: number;
  isOver: boolean;
}

const aPace = () => {
  const clock = fakeClock();
  const served: Connection[] = [];
  const pace = new ArrivalPace<Connection>(
    (address) => address === PROXY,
    clock,
    (connection) => served.push(connection),
  );
  let last = 0;
  const connect = (address: string): Connection => {
    const connection = { number: ++last, address, place: { source: address }, isOver: false };
    pace.receive(connection);
    return connection;
  };
  return { clock, pace, served, connect };
};

describe('a flood of connections from one address', () => {
  it('is served at 50 a second after a burst of 100', async () => {
    const { clock, served, connect } = aPace();
    for (let number = 0; number < 300; number++) connect(FLOOD);
    expect(served).toHaveLength(101);
    await clock.advance(1_000);
    expect(served).toHaveLength(151);
  });

  it('delays no connection of another address', () => {
    const { served, connect } = aPace();
    for (let number = 0; number < 300; number++) connect(FLOOD);
    expect(served).not.toContain(connect(FLOOD));
    const other = connect('192.0.2.2');
    expect(served.at(-1)).toBe(other);
  });

  it('serves the newest connection first, and closed ones never', async () => {
    const { clock, served, connect } = aPace();
    for (let number = 0; number < 101; number++) connect(FLOOD);
    const old = connect(FLOOD);
    const newer = connect(FLOOD);
    const closed = connect(FLOOD);
    closed.isOver = true;
    await clock.advance(20);
    expect(served.at(-1)).toBe(newer);
    await clock.advance(20);
    expect(served.at(-1)).toBe(old);
    await clock.advance(1_000);
    expect(served).not.toContain(closed);
  });
});

describe('clients that sign in', () => {
  it('do not count, however many there are', () => {
    const { pace, served, connect } = aPace();
    for (let number = 0; number < 1_000; number++) {
      connect(FLOOD);
      pace.signedIn(FLOOD);
    }
    expect(served).toHaveLength(1_000);
  });

  it('let those that wait go on', () => {
    const { pace, served, connect } = aPace();
    for (let number = 0; number < 101; number++) connect(FLOOD);
    const next = connect(FLOOD);
    expect(served).not.toContain(next);
    pace.signedIn(FLOOD);
    expect(served.at(-1)).toBe(next);
  });
});

it('A proxy that all users come through is not slowed down', () => {
  const { served, connect } = aPace();
  for (let number = 0; number < 1_000; number++) connect(PROXY);
  expect(served).toHaveLength(1_000);
});
