import { describe, expect, it } from 'vitest';
import {
  AuthMethod,
  type AuthenticateRequest,
  type AuthenticateResponse,
  type FailedSignIn,
  type NextStep,
} from '@sallyport/proto-gen/access/v1/authenticate';
import type { ProvenKey } from '@sallyport/ssh';
import { fakeClock } from '@sallyport/testkit';
import type { AuthAttempt } from '../ssh/index.js';
import { SignIn } from './sign-in.js';

const client = { sourceIp: '192.0.2.7', software: 'OpenSSH_9.2p1', gatewayId: 'g' };
const step = (changes: Partial<NextStep> = {}): AuthenticateResponse => ({
  outcome: {
    $case: 'next',
    value: {
      methods: [AuthMethod.PUBLICKEY, AuthMethod.PASSWORD],
      acceptableKeys: ['SHA256:known'],
      prompts: [],
      instruction: '',
      continuation: Buffer.from('c'),
      partialSuccess: false,
      proofFailed: false,
      ...changes,
    },
  },
});
const granted: AuthenticateResponse = {
  outcome: { $case: 'granted', value: { userId: 'u', username: 'alice', token: Buffer.from('t'), mustChangePassword: false } },
};

/** Returns a sign-in with a fake core that returns these answers in turn. */
function signIn(...answers: (AuthenticateResponse | Error)[]) {
  const clock = fakeClock();
  const asked: AuthenticateRequest[] = [];
  const refused: string[] = [];
  const failed: FailedSignIn[] = [];
  const access = {
    authenticate: (request: AuthenticateRequest) => {
      asked.push(request);
      const answer = answers.shift() ?? new Error('core was asked more often than expected');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  const deps = {
    access,
    clock,
    maxTries: 3,
    onRefused: ({ why }: { why: string }) => void refused.push(why),
    onFailed: (failure: FailedSignIn) => void failed.push(failure),
  };
  return { clock, asked, refused, failed, login: new SignIn(client, deps) };
}

const password = (text: string): AuthAttempt => ({ method: 'password', password: text });
const signature = (fingerprint: string): AuthAttempt => ({
  method: 'publickey',
  fingerprint,
  proven: { key: { kind: 'key', blob: Buffer.from('key') } } as unknown as ProvenKey,
});

describe('sign-in', () => {
  it('asks core for the methods first, and sends it nothing but proofs', async () => {
    const { login, asked } = signIn(step(), granted);
    expect(await login.attempt('alice@root@web-1', { method: 'none' })).toEqual({
      kind: 'failed',
      methods: ['publickey', 'password'],
      partialSuccess: false,
    });
    const verdict = await login.attempt('alice@root@web-1', signature('SHA256:known'));
    expect(verdict).toMatchObject({ kind: 'signed-in', identity: { target: { account: 'root', asset: 'web-1' } } });
    expect(asked.map(({ username, proof, continuation }) => [username, proof, continuation.toString()])).toEqual([
      ['alice', undefined, ''],
      ['alice', { $case: 'publicKey', value: { blob: Buffer.from('key') } }, 'c'],
    ]);
  });

  it('answers a key query without asking core', async () => {
    const { login, asked } = signIn(step());
    expect(await login.attempt('alice', { method: 'publickey-query', fingerprint: 'SHA256:known' })).toEqual({ kind: 'key-acceptable' });
    expect(await login.attempt('alice', { method: 'publickey-query', fingerprint: 'SHA256:other' })).toMatchObject({ kind: 'failed' });
    expect(asked).toHaveLength(1);
  });

  it('does not send core an unacceptable key, even with a right signature', async () => {
    const { login, asked } = signIn(step());
    expect(await login.attempt('alice', signature('SHA256:other'))).toMatchObject({ kind: 'failed' });
    expect(asked).toHaveLength(1);
  });

  it('counts wrong signatures as wrong proofs, and logs them', async () => {
    const { login, asked, refused } = signIn(step());
    for (const _ of [1, 2, 3]) login.unproven('alice', 'SHA256:known', 'the signature is wrong');
    expect(await login.attempt('alice', password('right'))).toEqual({ kind: 'refused', message: 'Too many attempts on this connection.' });
    expect([refused[0], asked.length]).toEqual(['publickey SHA256:known: the signature is wrong', 0]);
  });

  it('ends after the allowed number of wrong proofs, of any method', async () => {
    const wrong = step({ proofFailed: true });
    const { login, clock } = signIn(step(), wrong, wrong);
    expect(await login.attempt('alice', signature('SHA256:other'))).toMatchObject({ kind: 'failed' });
    const second = login.attempt('alice', password('a'));
    await clock.advance(300);
    expect(await second).toMatchObject({ kind: 'failed' });
    const third = login.attempt('alice', password('b'));
    await clock.advance(300);
    expect(await third).toEqual({ kind: 'refused', message: 'Too many attempts on this connection.' });
  });

  it('does not count an agent’s keys as wrong proofs, but bounds their number', async () => {
    const { login } = signIn(step());
    for (let key = 0; key < 30; key += 1)
      expect(await login.attempt('alice', { method: 'publickey-query', fingerprint: `SHA256:${key}` })).toMatchObject({ kind: 'failed' });
    expect(await login.attempt('alice', { method: 'publickey-query', fingerprint: 'SHA256:more' })).toMatchObject({ kind: 'refused' });
  });

  it('answers a wrong password no sooner than the floor, and a right one at once', async () => {
    const { login, clock } = signIn(step(), step({ proofFailed: true }), granted);
    let hasAnswered = false;
    const wrong = login.attempt('alice', password('wrong')).finally(() => (hasAnswered = true));
    await clock.advance(249);
    expect(hasAnswered).toBe(false);
    await clock.advance(1);
    await wrong;
    expect(await login.attempt('alice', password('right'))).toMatchObject({ kind: 'signed-in' });
  });

  it('shows prompts until core asks for no more', async () => {
    const prompt = { text: 'Code: ', echo: false };
    const { login, asked } = signIn(
      step(),
      step({ prompts: [prompt], instruction: 'Second factor', continuation: Buffer.from('d') }),
      granted,
    );
    const questions: unknown[] = [];
    const ask = (instruction: string, prompts: unknown): Promise<string[]> => {
      questions.push([instruction, prompts]);
      return Promise.resolve(['424242']);
    };
    expect(await login.attempt('alice', { method: 'keyboard-interactive', ask })).toMatchObject({ kind: 'signed-in' });
    expect(questions).toEqual([['Second factor', [prompt]]]);
    expect(asked.map(({ proof, continuation }) => [proof?.value, continuation.toString()])).toEqual([
      [undefined, ''],
      [{ answers: [] }, 'c'],
      [{ answers: ['424242'] }, 'd'],
    ]);
  });

  it('answers a first right proof with the methods that are still needed', async () => {
    const { login } = signIn(step(), step({ partialSuccess: true, methods: [AuthMethod.KEYBOARD_INTERACTIVE] }));
    expect(await login.attempt('alice', password('right'))).toEqual({
      kind: 'failed',
      methods: ['keyboard-interactive'],
      partialSuccess: true,
    });
    expect(await login.attempt('alice', { method: 'none' })).toEqual({
      kind: 'failed',
      methods: ['keyboard-interactive'],
      partialSuccess: false,
    });
  });

  it('refuses a grant of core before anything was proven', async () => {
    const { login } = signIn(granted);
    expect(await login.attempt('alice', { method: 'none' })).toMatchObject({ kind: 'refused' });
  });

  it('passes core’s refusal on, and refuses when core does not answer', async () => {
    const locked = signIn({
      outcome: { $case: 'refused', value: { code: 'AUTH_LOCKED', message: 'Too many failures. Try again later.' } },
    });
    expect(await locked.login.attempt('alice', { method: 'none' })).toEqual({
      kind: 'refused',
      message: 'Too many failures. Try again later.',
    });
    const unavailable = signIn(step(), new Error('unreachable'));
    expect(await unavailable.login.attempt('alice', password('right'))).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining("can't check") as string,
    });
  });

  describe('a connection that ends without a sign-in', () => {
    const query = (fingerprint: string): AuthAttempt => ({ method: 'publickey-query', fingerprint });

    it('is reported once for a stranger that tries keys: with name, source, methods, keys and reason', async () => {
      const { login, failed } = signIn(step());
      await login.attempt('alice@root@web-1', { method: 'none' });
      for (const key of ['SHA256:one', 'SHA256:two', 'SHA256:two']) await login.attempt('alice@root@web-1', query(key));
      login.closed('The peer closed the connection');
      expect(failed).toEqual([
        {
          username: 'alice',
          client,
          methods: ['none', 'publickey'],
          keysOffered: 2,
          fingerprints: ['SHA256:one', 'SHA256:two'],
          reason: 'NO_SIGN_IN',
          detail: 'The peer closed the connection',
          endedAt: expect.any(Date) as Date,
        },
      ]);
    });

    it('is reported with the refusal that ended it', async () => {
      const { login, failed } = signIn(step());
      for (const _ of [1, 2, 3]) login.unproven('alice', 'SHA256:known', 'the signature is wrong');
      await login.attempt('alice', password('right'));
      login.closed('closed');
      expect(failed).toMatchObject([{ reason: 'TOO_MANY_TRIES', methods: ['publickey', 'password'], keysOffered: 1 }]);
    });

    it('is reported under the name that was sent, also if that is not a login name, and in bounded size', async () => {
      const { login, failed } = signIn(step());
      await login.attempt(`alice%${'x'.repeat(30_000)}`, { method: 'none' });
      login.closed('y'.repeat(30_000));
      expect(failed).toMatchObject([{ reason: 'INVALID_LOGIN_NAME', username: expect.stringMatching(/^alice%x{250}$/) as string }]);
      expect(JSON.stringify(failed).length).toBeLessThan(1_000);
    });

    it('lists at most 16 keys of an agent, and counts all', async () => {
      const { login, failed } = signIn(step());
      for (let key = 0; key < 25; key += 1) await login.attempt('alice', query(`SHA256:${key}`));
      login.unproven('alice', 'ssh-rsa', 'RSA key of 512 bits');
      login.closed('closed');
      expect([failed[0]?.fingerprints.length, failed[0]?.keysOffered]).toEqual([16, 26]);
    });

    it('is not reported after keys that were merely offered, if a proof followed', async () => {
      const { login, failed } = signIn(step(), granted);
      await login.attempt('alice', query('SHA256:other'));
      await login.attempt('alice', password('right'));
      login.closed('closed');
      expect(failed).toEqual([]);
    });

    it('is not reported for a scanner that sends no name', () => {
      const { login, failed } = signIn();
      login.closed('closed');
      expect(failed).toEqual([]);
    });
  });

  it('bounds dialogs that a client opens and abandons: they are no wrong passwords', async () => {
    const prompt = { text: 'Password: ', echo: false };
    const { login } = signIn(step(), ...Array.from({ length: 40 }, () => step({ prompts: [prompt] })));
    const abandon: AuthAttempt = { method: 'keyboard-interactive', ask: () => Promise.reject(new Error('abandoned')) };
    for (let dialog = 0; dialog < 31; dialog += 1) await expect(login.attempt('alice', abandon)).rejects.toThrow('abandoned');
    expect(await login.attempt('alice', abandon)).toMatchObject({ kind: 'refused' });
  });

  it('never logs a password', async () => {
    const { login, refused, clock } = signIn(step(), step({ proofFailed: true }));
    const attempt = login.attempt('alice', password('canary-77'));
    await clock.advance(300);
    await attempt;
    expect(JSON.stringify(refused)).not.toContain('canary-77');
  });
});
