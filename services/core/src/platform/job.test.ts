import { createLogger } from '@sallyport/telemetry';
import { fakeClock } from '@sallyport/testkit';
import { describe, expect, it } from 'vitest';
import { JobRunner, type Job } from './job.js';

const aLogger = (lines: string[] = []) =>
  createLogger({ service: 'test', level: 'debug', destination: { write: (line) => void lines.push(line) } });

/** Returns a job whose rounds end when the test ends them. */
function aJob(options: Partial<Job> = {}) {
  const rounds: { readonly end: () => void; readonly signal: AbortSignal }[] = [];
  const run: Job['run'] = ({ signal }) => new Promise<void>((end) => void rounds.push({ end, signal }));
  return { job: { name: 'test-job', everyMs: 1_000, run, ...options }, rounds };
}

describe('a periodic job', () => {
  it('runs one round at a time, and its shutdown aborts and awaits the running one', async () => {
    const [clock, { job, rounds }] = [fakeClock(), aJob()];
    const runner = new JobRunner(job, clock, aLogger());
    runner.onApplicationBootstrap();
    expect(rounds).toHaveLength(0);
    await clock.advance(3_000);
    expect(rounds).toHaveLength(1);
    rounds[0]?.end();
    await clock.advance(1_000);
    expect(rounds).toHaveLength(2);
    let hasStopped = false;
    const stopping = runner.beforeApplicationShutdown().then(() => (hasStopped = true));
    await clock.advance(2_000);
    expect([hasStopped, rounds.length, rounds[1]?.signal.aborted]).toEqual([false, 2, true]);
    rounds[1]?.end();
    await stopping;
    await clock.advance(5_000);
    expect(rounds).toHaveLength(2);
  });

  it('runs its first round at start where it says so', () => {
    const { job, rounds } = aJob({ isFirstAtStart: true });
    new JobRunner(job, fakeClock(), aLogger()).onApplicationBootstrap();
    expect(rounds).toHaveLength(1);
  });

  it('logs a failed round under its name and runs the next one', async () => {
    const [clock, lines] = [fakeClock(), [] as string[]];
    let rounds = 0;
    const run: Job['run'] = () => Promise.reject(new Error(`no database ${++rounds}`));
    new JobRunner({ name: 'test-job', everyMs: 1_000, run }, clock, aLogger(lines)).onApplicationBootstrap();
    await clock.advance(2_000);
    expect(rounds).toBe(2);
    expect(lines.join('')).toMatch(/"job":"test-job"/);
    expect(lines.join('')).toContain('no database 1');
  });
});
