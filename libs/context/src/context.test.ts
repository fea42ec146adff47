import { describe, expect, it } from 'vitest';
import { backOffMs } from './back-off.js';
import { systemClock } from './clock.js';
import { systemCtx } from './ctx.js';
import { uuidv7 } from './ids.js';

describe('ids', () => {
  it('sort by their time of creation', () => {
    const ids = Array.from({ length: 50 }, () => uuidv7());
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(50);
  });
});

describe('backOffMs', () => {
  it('doubles up to the limit and varies by a half', () => {
    expect([0, 1, 2, 3, 40].map((attempt) => backOffMs(attempt, 100, 500, () => 1))).toEqual([100, 200, 400, 500, 500]);
    expect(backOffMs(0, 100, 500, () => 0)).toBe(50);
  });
});

describe('systemClock', () => {
  it('stops sleeping when the signal is aborted', async () => {
    const abort = new AbortController();
    const sleeping = systemClock.sleep(60_000, abort.signal);
    abort.abort();
    await expect(sleeping).rejects.toThrow(/abort/i);
  });
});

describe('systemCtx', () => {
  it('names its actor and has a new request id for each piece of work', () => {
    const [one, two] = [systemCtx('reaper'), systemCtx('reaper')];
    expect(one.actor).toEqual({ kind: 'system', name: 'reaper' });
    expect(one.requestId).not.toBe(two.requestId);
  });
});
