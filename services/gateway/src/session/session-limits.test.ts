import { describe, expect, it } from 'vitest';
import { fakeClock } from '@sallyport/testkit';
import { LimitWatch, type LimitReached, type SessionLimits } from './session-limits.js';

const DAY = 86_400_000;

function watch(limits: Partial<SessionLimits>) {
  const clock = fakeClock();
  const reached: LimitReached[] = [];
  const limit = new LimitWatch({ idleTimeoutMs: undefined, expiresAt: undefined, ...limits }, clock, (which) => void reached.push(which));
  return { clock, reached, limit };
}

describe('a session’s limits', () => {
  it('end it after the idle time, counted from the last activity', async () => {
    const { clock, reached, limit } = watch({ idleTimeoutMs: 60_000 });
    for (let minute = 0; minute < 10; minute += 1) {
      await clock.advance(50_000);
      limit.touch();
    }
    expect(reached).toEqual([]);
    await clock.advance(59_999);
    expect(reached).toEqual([]);
    await clock.advance(1);
    expect(reached).toEqual(['idle']);
  });

  it('end it when it expires, also if that is later than a timer can be set for', async () => {
    const { clock, reached } = watch({ expiresAt: new Date(fakeClock().now() + 40 * DAY) });
    await clock.advance(40 * DAY - 1);
    expect(reached).toEqual([]);
    await clock.advance(1);
    expect(reached).toEqual(['max-duration']);
  });

  it('do nothing once they are stopped, or if there are none', async () => {
    const stopped = watch({ idleTimeoutMs: 10, expiresAt: new Date(fakeClock().now() + 10) });
    stopped.limit.stop();
    await stopped.clock.advance(1_000);
    const none = watch({});
    await none.clock.advance(400 * DAY);
    expect([stopped.reached, none.reached]).toEqual([[], []]);
  });
});
