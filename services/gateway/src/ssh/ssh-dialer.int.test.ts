import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '@sallyport/context';
import { anSshd, freePort, type TestSshd } from '@sallyport/testkit';
import { selectCrypto, serveSsh, SshWriter } from '@sallyport/ssh';
import {
  createSshDialer,
  DialFailed,
  LoginRejected,
  readHostKeys,
  type HostKeyFacts,
  type LoginCredential,
  type SshConnection,
} from './index.js';
import type { ShownBytes } from './shown-text.js';

const dialer = createSshDialer({ clock: systemClock, timeoutMs: 5_000, loginMs: 10_000, keepaliveMs: 30_000 });
const asRoot = process.getuid?.() === 0;
let sshd: TestSshd;

beforeAll(async () => {
  sshd = await anSshd({ logins: asRoot ? [{}, { keyType: 'rsa' }] : [{}] });
});
afterAll(() => sshd.remove());

const byKey = (login = sshd.logins[0]): LoginCredential => ({
  username: login.username,
  secret: { kind: 'private-key', pem: login.privateKey },
});
const where = (preferredHostKeys: string[] = []) => ({
  host: '127.0.0.1',
  port: sshd.port,
  preferredHostKeys,
  signal: AbortSignal.timeout(10_000),
});
const anyKey = (): Promise<void> => Promise.resolve();
const connect = (credential: LoginCredential): Promise<SshConnection> => dialer.dial(where(), credential, anyKey);

async function run(
  connection: SshConnection,
  command: string,
  input: Buffer | string = '',
): Promise<{ stdout: Buffer; stderr: string; status: number }> {
  const channel = await connection.openChannel({ kind: 'session' });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let status = -1;
  const closed = Promise.withResolvers<void>();
  channel.attach({
    onData: (data, stream) => {
      (stream === 'stdout' ? stdout : stderr).push(Buffer.from(data));
      channel.consume(data.length);
    },
    onRequest: ({ type, payload }) => {
      if (type === 'exit-status') status = payload.readUInt32BE();
    },
    onEof: () => undefined,
    onClose: () => {
      channel.close();
      closed.resolve();
    },
    onDrain: () => undefined,
  });
  expect(await channel.request('exec', new SshWriter().writeString(command).finish())).toBe(true);
  channel.write(Buffer.from(input) as ShownBytes, 'stdout'); // an asset's program reads it, not a terminal
  channel.eof();
  await closed.promise;
  return { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString(), status };
}

test('a command on a real sshd returns its output, errors and exit code; input beyond the window arrives whole', async () => {
  const connection = await connect(byKey());
  const result = await run(connection, 'echo err >&2; cat; exit 7', Buffer.alloc(9_000_000, 'x'));
  expect({ ...result, stdout: result.stdout.length }).toEqual({ stdout: 9_000_000, stderr: 'err\n', status: 7 });
  connection.disconnect('done');
});

test.runIf(asRoot)('a password and an RSA key log in', async () => {
  const [first, second] = sshd.logins;
  for (const credential of [
    { username: first.username, secret: { kind: 'password' as const, password: first.password ?? '' } },
    byKey(second),
  ]) {
    const connection = await connect(credential);
    expect((await run(connection, 'whoami')).stdout.toString()).toBe(`${credential.username}\n`);
    connection.disconnect('done');
  }
});

test('a wrong credential is rejected, and the error names the account but not the secret', async () => {
  const attempt = connect({ username: sshd.logins[0].username, secret: { kind: 'password', password: 'not-the-secret' } });
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown as Error,
  );
  expect(error).toBeInstanceOf(LoginRejected);
  expect(JSON.stringify({ ...error, message: error?.message })).not.toContain('not-the-secret');
});

test('a host key is presented before any credential, of the pinned type if there is one', async () => {
  for (const type of ['ssh-rsa', 'ssh-ed25519']) {
    const seen: HostKeyFacts[] = [];
    const refuse = (hostKey: HostKeyFacts): Promise<void> => {
      seen.push({ ...hostKey, blob: Buffer.from(hostKey.blob) });
      return Promise.reject(new Error('not that one'));
    };
    await expect(dialer.dial(where([type]), byKey(), refuse)).rejects.toThrow('not that one');
    expect(seen.map(({ algorithm }) => algorithm)).toEqual([type]);
    expect(sshd.hostKeys.some((line) => line.includes(seen[0]?.blob.toString('base64') ?? '-'))).toBe(true);
  }
});

test('an address without a listener fails with "connection refused"', async () => {
  const port = await freePort();
  const attempt = dialer.dial({ ...where(), port }, byKey(), anyKey);
  await expect(attempt).rejects.toBeInstanceOf(DialFailed);
  await expect(attempt).rejects.toThrow("The asset can't be reached: connection refused");
});

test('a dial that is aborted ends at once, also during the login', async () => {
  for (const step of ['before the key', 'after it'] as const) {
    const giveUp = new AbortController();
    const judge = (): Promise<void> => {
      giveUp.abort();
      return step === 'before the key' ? new Promise(() => undefined) : nextTurn();
    };
    const startedAt = performance.now();
    await expect(dialer.dial({ ...where(), signal: giveUp.signal }, byKey(), judge)).rejects.toBeInstanceOf(DialFailed);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  }
});

test('an asset that disconnects right behind USERAUTH_SUCCESS is not taken for connected', async () => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const identities = await readHostKeys([pem]);
  const server = createServer((socket) => {
    serveSsh(
      socket,
      { crypto: selectCrypto(), identities },
      {
        authenticator: () => ({ methods: () => ['password'], acceptsKey: () => false, decide: () => ({ kind: 'success' }) }),
        loggedIn: (connection) => {
          connection.disconnect(undefined, 'Not today');
          return {};
        },
      },
    );
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const credential: LoginCredential = { username: 'x', secret: { kind: 'password', password: 'y' } };
  await expect(dialer.dial({ ...where(), port }, credential, anyKey)).rejects.toThrow(DialFailed);
  await new Promise((resolve) => server.close(resolve));
});
