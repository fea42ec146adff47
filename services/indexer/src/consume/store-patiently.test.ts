import { createLogger } from '@sallyport/telemetry';
import { fakeClock } from '@sallyport/testkit';
import { describe, expect, it } from 'vitest';
import type { AppError } from '@sallyport/errors';
import { aCommand } from '../../test/a-command.js';
import type { Command } from '../store/index.js';
import { CommandRefused, StoreUnavailable } from '../store/store.errors.js';
import { IndexerStopping, storePatiently } from './store-patiently.js';

const away = (): StoreUnavailable => new StoreUnavailable('test', 'away');

/** Returns a store that answers by plan, one entry per call; then it stores everything. */
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
  return { calls, lines, stop, clock, deps: { store: { add }, clock, logger, signal: stop.signal } };
}

const failing = (): never => {
  throw away();
};
const commands = ['a', 'b', 'c'].map((id) => aCommand('o', { id }));

describe('storing', () => {
  it('waits for an unavailable store for hours, and logs it once', async () => {
    const { deps, clock, calls, lines } = planned(...Array.from({ length: 2_000 }, () => failing));
    const stored = storePatiently(deps, commands);
    await clock.advance(3 * 3_600_000);
    expect(await stored).toEqual(new Map());
    expect(calls).toHaveLength(2_001);
    expect(lines).toHaveLength(1);
  });

  it('does not hammer an unavailable store', async () => {
    const { deps, clock, calls, stop } = planned(...Array.from({ length: 1_000 }, () => failing));
    const stored = storePatiently(deps, commands);
    stored.catch(() => {});
    await clock.advance(60_000);
    expect(calls.length).toBeLessThan(35);
    stop.abort();
    await expect(stored).rejects.toThrow(IndexerStopping);
  });

  it('retries only the commands that were put off, and returns the refused ones', async () => {
    const refused = new CommandRefused('a', 'bad');
    const { deps, clock, calls } = planned(
      () =>
        new Map<string, AppError>([
          ['a', refused],
          ['b', away()],
        ]),
    );
    const stored = storePatiently(deps, commands);
    await clock.advance(10_000);
    expect(await stored).toEqual(new Map([['a', refused]]));
    expect(calls).toEqual([['a', 'b', 'c'], ['b']]);
  });

  it('returns a command that is put off again and again, so that it does not delay the others', async () => {
    const { deps, clock } = planned(...Array.from({ length: 100 }, () => () => new Map([['b', away()]])));
    const stored = storePatiently(deps, commands);
    await clock.advance(60_000);
    expect([...(await stored).keys()]).toEqual(['b']);
  });

  it('throws an error that is not an outage', async () => {
    const { deps } = planned(() => {
      throw new TypeError('bug');
    });
    await expect(storePatiently(deps, commands)).rejects.toMatchObject({ kind: 'bug' });
  });
});
