import { AppError } from '@sallyport/errors';
import type { FailedSignIn, ReportFailedSignInsRequest } from '@sallyport/proto-gen/access/v1/authenticate';
import { createLogger } from '@sallyport/telemetry';
import { fakeClock } from '@sallyport/testkit';
import { expect, it } from 'vitest';
import { FailedSignInReporter } from './failed-sign-in-reporter.js';

class Unavailable extends AppError {
  readonly code = 'CORE_AWAY';
  readonly kind = 'unavailable';
}

const failure = (username: string): FailedSignIn => ({
  username,
  client: { sourceIp: '192.0.2.7', software: '', gatewayId: 'g' },
  methods: ['none'],
  keysOffered: 0,
  fingerprints: [],
  reason: 'NO_SIGN_IN',
  detail: '',
  endedAt: new Date(0),
});

function aReporter() {
  const clock = fakeClock();
  const state = { isAway: false };
  const accepted: ReportFailedSignInsRequest[] = [];
  const access = {
    reportFailedSignIns: (request: ReportFailedSignInsRequest) =>
      state.isAway ? Promise.reject(new Unavailable('away')) : Promise.resolve(void accepted.push(request)),
  };
  const logger = createLogger({ service: 'test', level: 'silent' });
  return { clock, state, accepted, reporter: new FailedSignInReporter({ access, clock, logger, gatewayId: 'g' }) };
}

it('a flood of failed connections while core is away takes bounded memory, and all of them are counted when it is back', async () => {
  const { clock, state, accepted, reporter } = aReporter();
  state.isAway = true;
  for (let connection = 0; connection < 5_000; connection += 1) reporter.add(failure(`name-${connection}`));
  await clock.advance(60_000);
  state.isAway = false;
  await clock.advance(10_000);
  await reporter.whenSent();
  expect(accepted.every(({ failures }) => failures.length <= 100)).toBe(true);
  expect(accepted.flatMap(({ failures }) => failures)).toHaveLength(1_000);
  expect(accepted.reduce((sum, { omitted }) => sum + omitted, 0)).toBe(4_000);
});

it('a failed connection is reported at once', async () => {
  const { accepted, reporter } = aReporter();
  await reporter.whenSent();
  reporter.add(failure('alice'));
  await reporter.whenSent();
  expect(accepted).toMatchObject([{ gatewayId: 'g', failures: [{ username: 'alice' }], omitted: 0 }]);
});
