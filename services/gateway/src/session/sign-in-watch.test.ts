import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { CheckSignInsRequest, CheckSignInsResponse } from '@sallyport/proto-gen/access/v1/sign_in';
import { createLogger } from '@sallyport/telemetry';
import { fakeClock } from '@sallyport/testkit';
import { expect, it } from 'vitest';
import type { ClientLogin } from '../auth/index.js';
import { SignInWatch } from './sign-in-watch.js';

const login = (name: string): ClientLogin =>
  ({ identity: { username: name, token: Buffer.from(name) }, client: { sourceIp: '192.0.2.1' } }) as unknown as ClientLogin;

/** Core as far as the watch uses it: revokes all sign-ins of these names, and can fail for a call that names one of others. */
class ACore {
  calls = 0;
  revoked: readonly string[] = [];
  failsFor: string | undefined;

  checkSignIns = async ({ uses }: CheckSignInsRequest): Promise<CheckSignInsResponse> => {
    this.calls++;
    const named = uses.map(({ connection, identityToken }) => ({ connection, name: identityToken.toString() }));
    if (named.some(({ name }) => name === this.failsFor)) throw new Error('core failed');
    const revoked = named.filter(({ name }) => this.revoked.includes(name));
    return {
      revoked: revoked.map(({ connection }) => ({ connection, reason: EndReason.SIGN_IN_REVOKED, message: 'your key was removed' })),
    };
  };
}

it('a check that fails for some connections does not keep the others of revoked sign-ins open', async () => {
  const clock = fakeClock();
  const core = new ACore();
  const watch = new SignInWatch({ access: core, clock, logger: createLogger({ service: 'test', level: 'silent' }), gatewayId: 'g' });
  const ended: string[] = [];
  for (let at = 0; at < 2_500; at++)
    watch.add({ login: login(`user-${at}`), revoke: (_, message) => ended.push(`user-${at}: ${message}`) });
  core.failsFor = 'user-3';
  core.revoked = ['user-1', 'user-2400'];
  await clock.advance(10_000);
  expect(ended).toEqual(['user-2400: your key was removed']);
  core.failsFor = undefined;
  await clock.advance(10_000);
  expect([ended.at(-1), core.calls]).toEqual(['user-1: your key was removed', 6]);
  watch.stop();
});
