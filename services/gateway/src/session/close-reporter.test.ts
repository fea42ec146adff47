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

class Away extends AppError {
  readonly code = 'CORE_AWAY';
  readonly kind = 'unavailable';
}

const report = {
  session: { facts: { sessionId: 's' } },
  end: finished('done'),
  lastSeq: 1n,
  endedAt: new Date(0),
} as unknown as SessionReport;

/** Reports to a core that answers so, and says how often it was told within an hour. */
async function told(answer: (attempt: number) => Promise<void>): Promise<{ attempts: number; isDone: boolean }> {
  const clock = fakeClock();
  let attempts = 0;
  let isDone = false;
  const access = { closeSession: () => answer((attempts += 1)) };
  void new CloseReporter({ access, clock, logger: createLogger({ service: 'test', level: 'silent' }) })
    .report(report)
    .then(() => (isDone = true));
  for (let second = 0; second < 3_600; second += 5) await clock.advance(5_000);
  return { attempts, isDone };
}

it('tells core for as long as it is away, and gives up on one that fails each time', async () => {
  expect(await told((attempt) => (attempt < 500 ? Promise.reject(new Away('away')) : Promise.resolve()))).toEqual({
    attempts: 500,
    isDone: true,
  });
  expect(await told(() => Promise.reject(new Fault('broken')))).toEqual({ attempts: 20, isDone: true });
});
