import { createLogger } from '@sallyport/telemetry';
import { fakeClock } from '@sallyport/testkit';
import { describe, expect, it } from 'vitest';
import type { AppError } from '@sallyport/errors';
import { aCommand } from '../../test/a-command.js';
import type { Command } from '../store/index.js';
import { CommandRefused, StoreUnavailable } from '../store/store.errors.js';
import { IndexerStopping, storePatiently } from './store-patiently.js';

const away = (): StoreUnavailable => new StoreUnavailable('test', 'away');

/** A store that answers by plan, one entry per call; then it takes everything. */
function planned(...plan: ((commands: readonly Command[]) => ReadonlyMap<string, AppError>)[]) {
  const calls: string[][] = [];
  const lines: string[] = [];
  const stop = new AbortController();
  const clock = fakeClock();
  const add = async (commands: readonly Command[]): Promise<ReadonlyMap<string, AppError>> => {
    calls.push(commands.map(({ id }) => id));
    return plan[calls.length - 1]?.(commands) ?? new Map();
  };
  const logger = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });
  return { calls, lines, stop, clock, parts: { store: { add }, clock, logger, signal: stop.signal } };
}

const failing = (): never => {
  throw away();
};
const commands = ['a', 'b', 'c'].map((id) => aCommand('o', { id }));

describe('storing', () => {
  it('waits for a store that is away, for hours if need be, and says so once', async () => {
    const { parts, clock, calls, lines } = planned(...Array.from({ length: 2_000 }, () => failing));
    const stored = storePatiently(parts, commands);
    await clock.advance(3 * 3_600_000);
    expect(await stored).toEqual(new Map());
    expect(calls).toHaveLength(2_001);
    expect(lines).toHaveLength(1);
  });

  it('does not hammer a store that is away', async () => {
    const { parts, clock, calls, stop } = planned(...Array.from({ length: 1_000 }, () => failing));
    const stored = storePatiently(parts, commands);
    stored.catch(() => {});
    await clock.advance(60_000);
    expect(calls.length).toBeLessThan(35);
    stop.abort();
    await expect(stored).rejects.toThrow(IndexerStopping);
  });

  it('tries only those again that were put off, and gives back the refused ones', async () => {
    const refused = new CommandRefused('a', 'bad');
    const { parts, clock, calls } = planned(
      () =>
        new Map<string, AppError>([
          ['a', refused],
          ['b', away()],
        ]),
    );
    const stored = storePatiently(parts, commands);
    await clock.advance(10_000);
    expect(await stored).toEqual(new Map([['a', refused]]));
    expect(calls).toEqual([['a', 'b', 'c'], ['b']]);
  });

  it('lets go of a command that is put off again and again, so that it holds up no others', async () => {
    const { parts, clock } = planned(...Array.from({ length: 100 }, () => () => new Map([['b', away()]])));
    const stored = storePatiently(parts, commands);
    await clock.advance(60_000);
    expect([...(await stored).keys()]).toEqual(['b']);
  });

  it('throws what is nobody’s outage', async () => {
    const { parts } = planned(() => {
      throw new TypeError('bug');
    });
    await expect(storePatiently(parts, commands)).rejects.toMatchObject({ kind: 'bug' });
  });
});
