import { AppError } from '@sallyport/errors';
import { createLogger } from '@sallyport/telemetry';
import { fakeClock } from '@sallyport/testkit';
import { expect, it } from 'vitest';
import { CloseReporter } from './close-reporter.js';
import { finished } from './session-end.js';
import type { SessionReport } from './session.js';

class Fault extends AppError {
  readonly code = 'BUG';
  readonly kind = 'bug';
}

class Unavailable extends AppError {
  readonly code = 'CORE_AWAY';
  readonly kind = 'unavailable';
}

const ended = {
  session: { facts: { sessionId: 's' } },
  end: finished('done'),
  lastSeq: 1n,
  endedAt: new Date(0),
} as unknown as SessionReport;

/** Reports a session to a core with these answers. Returns the number of attempts within an hour. */
async function report(answer: (attempt: number) => Promise<void>): Promise<{ attempts: number; isDone: boolean }> {
  const clock = fakeClock();
  let attempts = 0;
  let isDone = false;
  const access = { closeSession: () => answer((attempts += 1)) };
  void new CloseReporter({ access, clock, logger: createLogger({ service: 'test', level: 'silent' }) })
    .report(ended)
    .then(() => (isDone = true));
  for (let second = 0; second < 3_600; second += 5) await clock.advance(5_000);
  return { attempts, isDone };
}

it('an ended session is reported for as long as core is unavailable, and given up on a core that fails each time', async () => {
  expect(await report((attempt) => (attempt < 500 ? Promise.reject(new Unavailable('unavailable')) : Promise.resolve()))).toEqual({
    attempts: 500,
    isDone: true,
  });
  expect(await report(() => Promise.reject(new Fault('broken')))).toEqual({ attempts: 20, isDone: true });
});
