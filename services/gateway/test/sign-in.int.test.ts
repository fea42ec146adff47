import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeSshKey, openShell, runSsh } from '@sallyport/testkit';
import { writeFile } from 'node:fs/promises';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
let unknownKey: string;
beforeAll(async () => {
  g = await aGateway({ maxAuthTries: 3, loginGraceSeconds: 3 });
  unknownKey = `${g.folder.path}/unknown.key`;
  await writeFile(unknownKey, (await makeSshKey('ed25519', 'mallory')).privateKey, { mode: 0o600 });
});
beforeEach(() => {
  g.core.opened.length = 0;
  g.core.authenticated.length = 0;
});
afterAll(() => g.stop());

const byPassword = (password: string, user = `alice@${g.account}@web-1`) => ({ port: g.port, user, password });

describe('sign-in', () => {
  it('accepts a password, and the account may be left out', async () => {
    expect((await runSsh({ ...byPassword('wonderland'), command: 'echo in' })).stdout.toString()).toBe('in\n');
    expect((await runSsh({ ...byPassword('wonderland', 'alice#web-1'), command: 'echo in' })).stdout.toString()).toBe('in\n');
  });

  it('shows the banner before it asks for a proof, without characters that a terminal obeys, and leaves the output of commands alone', async () => {
    const noticed = await aGateway({ banner: 'Sessions are \u001b[31mrecorded.\nBy order of the auditors.\n' });
    const options = ['LogLevel=INFO']; // as the client has it by default
    const result = await runSsh({ ...noticed.alice(), options, command: 'echo in' });
    expect(result.stdout.toString()).toBe('in\n');
    expect(result.stderr).toMatch(/^Sessions are .*recorded\.\r?\nBy order of the auditors\.\r?\n/m);
    expect(result.stderr).not.toContain('\u001b');
    const refused = await runSsh({ ...noticed.alice(), user: 'nobody', options, command: 'true' });
    expect(refused.stderr).toContain('By order of the auditors.');
    await noticed.stop();
  });

  it('shows a login name of two parts how to log in, and asks for no password', async () => {
    const result = await runSsh({ ...byPassword('wonderland', 'alice@web-1'), command: 'echo in' });
    expect(result).toMatchObject({ code: 255, stdout: Buffer.alloc(0) });
    expect(result.stderr).toContain('write alice@ACCOUNT@web-1, or alice#web-1 if web-1 has one account');
    expect(g.core.authenticated).toEqual([]);
  });

  it('shows a login name that it refuses without the characters that a terminal obeys or hides', async () => {
    const result = await runSsh({ ...byPassword('x', 'a%\u009b2J\u202eb'), command: 'echo in' });
    expect(result.stderr).toContain('names a connection token');
    expect(result.stderr).not.toMatch(/[\u009b\u202e]|\\302\\233|\\342\\200\\256/);
  });

  it('accepts keys of the usual types', async () => {
    for (const type of ['ed25519', 'rsa'] as const) {
      const key = await makeSshKey(type, type);
      const privateKeyFile = `${g.folder.path}/${type}.key`;
      await writeFile(privateKeyFile, key.privateKey, { mode: 0o600 });
      g.core.users.set('bob', { keys: [Buffer.from(key.publicKey.split(' ')[1] ?? '', 'base64')] });
      const result = await runSsh({ port: g.port, user: `bob@${g.account}@web-1`, privateKeyFile, command: `echo ${type}` });
      expect(result.stdout.toString()).toBe(`${type}\n`);
    }
  });

  it('asks for the second factor that core requires, and refuses a wrong one', async () => {
    const alice = g.core.users.get('alice') ?? {};
    g.core.users.set('carol', { ...alice, code: '424242' });
    const carol = { ...g.alice(), user: `carol@${g.account}@web-1`, options: ['PreferredAuthentications=publickey,keyboard-interactive'] };
    expect((await runSsh({ ...carol, password: '424242', command: 'echo in' })).stdout.toString()).toBe('in\n');
    expect(await runSsh({ ...carol, password: '000000', command: 'echo in' })).toMatchObject({ code: 255, stdout: Buffer.alloc(0) });
    // the right key alone opens no session
    expect(await runSsh({ ...carol, options: ['PreferredAuthentications=publickey'], command: 'echo in' })).toMatchObject({ code: 255 });
  });

  it('refuses a wrong password, a wrong key and an unknown user alike, and opens no session', async () => {
    const attempts = [
      byPassword('wrong'),
      byPassword('wonderland', `nobody@${g.account}@web-1`),
      { port: g.port, user: `alice@${g.account}@web-1`, privateKeyFile: unknownKey },
    ];
    for (const attempt of attempts) {
      const result = await runSsh({ ...attempt, command: 'echo in' });
      expect(result).toMatchObject({ code: 255, stdout: Buffer.alloc(0) });
      expect(result.stderr).toContain('Permission denied');
    }
    expect(g.core.opened).toEqual([]);
    expect(g.log.join('')).not.toMatch(/wonderland|wrong"/);
  });

  it('reports a stranger that offers keys to core, once per connection, and a user that signs in not at all', async () => {
    const reportsOf = (username: string) => g.core.failedSignIns.filter((failure) => failure.username === username);
    g.core.users.set('signs-in', g.core.users.get('alice') ?? {});
    await runSsh({ ...g.alice(), user: `signs-in@${g.account}@web-1`, command: 'true' });
    await runSsh({ port: g.port, user: `stranger@${g.account}@web-1`, privateKeyFile: unknownKey, command: 'true' });
    await vi.waitFor(() => expect(reportsOf('stranger')).toHaveLength(1), 5_000);
    expect(reportsOf('stranger')).toMatchObject([
      {
        client: { sourceIp: '127.0.0.1' },
        methods: expect.arrayContaining(['none', 'publickey']) as string[],
        keysOffered: 1,
        fingerprints: [expect.stringMatching(/^SHA256:/)],
        reason: 'NO_SIGN_IN',
      },
    ]);
    expect(reportsOf('signs-in')).toEqual([]);
  });

  it('never sends core a key that the client only queried', async () => {
    await runSsh({ port: g.port, user: 'alice', privateKeyFile: unknownKey, command: 'true' });
    expect(g.core.authenticated.map(({ proof }) => proof)).toEqual([undefined]);
  });

  it('ends a connection after the allowed number of wrong passwords', async () => {
    const options = ['NumberOfPasswordPrompts=20', 'PreferredAuthentications=password'];
    const result = await runSsh({ ...byPassword('guess'), options, command: 'true' });
    expect(result.stderr).toContain('Too many attempts');
    expect(g.core.authenticated.filter(({ proof }) => proof)).toHaveLength(3);
  });

  it('does not disconnect a client that tries unknown methods first', async () => {
    const options = [
      'PreferredAuthentications=hostbased,gssapi-with-mic,publickey',
      'GSSAPIAuthentication=yes',
      'HostbasedAuthentication=yes',
      'EnableSSHKeysign=no',
    ];
    expect((await runSsh({ ...g.alice(), options, command: 'echo in' })).stdout.toString()).toBe('in\n');
  });

  it('closes a connection that sends nothing within the grace time', async () => {
    const socket = connect({ host: '127.0.0.1', port: g.port });
    const startedAt = performance.now();
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    expect(performance.now() - startedAt).toBeGreaterThan(2_500);
    expect(Buffer.concat(received).toString()).toMatch(/^SSH-2\.0-OpenSSH_Sallyport\r\n/);
  });

  it('bounds the unauthenticated connections of one source, and releases their places', async () => {
    const sockets = Array.from({ length: 70 }, () => connect({ host: '127.0.0.1', port: g.port }));
    let closed = 0;
    for (const socket of sockets)
      socket
        .on('error', () => undefined)
        .on('close', () => (closed += 1))
        .resume();
    await vi.waitFor(() => expect(closed).toBe(6), 2_000);
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => expect(await g.metrics()).toMatch(/gateway_unauthenticated_connections\S* 0/), 5_000);
    const shell = openShell(g.alice(''));
    await shell.expect('Opt> ');
    expect(await g.metrics()).toMatch(/gateway_unauthenticated_connections\S* 0/); // a client that has signed in takes no place
    await shell.close();
  });

  it('refuses a login name with a missing part, with a message', async () => {
    expect((await runSsh({ ...g.alice(), user: 'alice%some-token', command: 'true' })).stderr).toContain('connection token');
  });

  it('shows a message when core is unavailable', async () => {
    g.core.isAway = true;
    const result = await runSsh({ ...g.alice(), command: 'true' });
    g.core.isAway = false;
    expect(result).toMatchObject({ code: 255 });
    expect(result.stderr).toContain("Sallyport can't check your login right now");
  });

  it('opens no session for a user whose password must be changed', async () => {
    g.core.users.set('dave', { password: 'first', mustChangePassword: true });
    const result = await runSsh({ ...byPassword('first', `dave@${g.account}@web-1`), command: 'true' });
    expect(result).toMatchObject({ code: 255 });
    expect(result.stderr).toContain('password has to be changed');
    expect(g.core.opened).toEqual([]);
  });
});
