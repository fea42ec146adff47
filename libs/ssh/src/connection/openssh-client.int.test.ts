import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Attempt, ServerAuthenticator, Verdict } from '../authentication/attempt.js';
import { checkCertificate, fingerprint, parsePublicKeyLine } from '../keys/index.js';
import { hostKey, startServer, type TestServer } from './loopback.suite.js';
import { makeKeyFolder, runProgram, runSsh, sshOptions, type Finished, type KeyFolder } from './openssh.suite.js';
import { shellApplication, type Asked } from './shell-application.suite.js';

let folder: KeyFolder;
let server: TestServer;
let decide: (attempt: Attempt) => Verdict | Promise<Verdict>;
let attempts: string[];
const asked: Asked = [];

const LOGIN = 'x@127.0.0.1';
const METHODS = ['publickey', 'password', 'keyboard-interactive'];
const refused: Verdict = { kind: 'failure', methods: METHODS };

const authenticator = (): ServerAuthenticator => ({
  methods: () => METHODS,
  acceptsKey: () => true,
  decide: (attempt) => {
    attempts.push(attempt.method === 'publickey' ? `publickey ${attempt.proven.algorithm}` : attempt.method);
    return decide(attempt);
  },
});

beforeAll(async () => {
  folder = await makeKeyFolder();
  server = await startServer({ authenticator, loggedIn: () => shellApplication(asked, 200) });
});
afterAll(async () => {
  await server.close();
  folder.remove();
});
beforeEach(() => {
  attempts = [];
  asked.length = 0;
  decide = (attempt) => (attempt.method === 'publickey' ? { kind: 'success' } : refused);
});

describe("OpenSSH's client", () => {
  it('runs a command that is accepted late, and loses no input that it sent before', async () => {
    const input = Buffer.alloc(3_000_000, 'sallyport ');
    const { stdout, stderr, status } = await runSsh(folder, server.port, [LOGIN, 'cat; echo err >&2; exit 3'], input);
    expect([status, stdout.equals(input), stderr.includes('err\n')]).toEqual([3, true, true]);
  });

  it('receives the signal that killed the command', async () => {
    const { status } = await runSsh(folder, server.port, [LOGIN, 'kill -TERM $$']);
    expect(status).toBe(255);
  });

  it.each(['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com', 'aes128-ctr', 'aes256-ctr'])('works with %s', async (cipher) => {
    const { stdout, status } = await runSsh(folder, server.port, ['-c', cipher, LOGIN, 'echo over']);
    expect([status, stdout.toString()]).toEqual([0, 'over\n']);
  });

  it.each([
    'curve25519-sha256',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ])('works with %s', async (kex) => {
    const { stdout, status } = await runSsh(folder, server.port, ['-o', `KexAlgorithms=${kex}`, LOGIN, 'echo over']);
    expect([status, stdout.toString()]).toEqual([0, 'over\n']);
  });

  it.each(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'])('verifies a host key of type %s', async (algorithm) => {
    const { status } = await runSsh(folder, server.port, [
      '-o',
      `HostKeyAlgorithms=${algorithm}`,
      '-o',
      `UserKnownHostsFile=${join(folder.path, algorithm)}`,
      LOGIN,
      'true',
    ]);
    expect(status).toBe(0);
  });

  it('reports a cipher that the server does not offer', async () => {
    const { status, stderr } = await runSsh(folder, server.port, ['-c', 'aes256-cbc', LOGIN, 'true']);
    expect([status, stderr.includes('no matching cipher found')]).toEqual([255, true]);
  });

  it('uses strict key exchange and reads the extensions of the server', async () => {
    const { stderr } = await runSsh(folder, server.port, ['-vvv', LOGIN, 'true']);
    expect(stderr).toContain('kex-strict-s-v00@openssh.com');
    expect(stderr).toMatch(/server-sig-algs=<ssh-ed25519,sk-ssh-ed25519@openssh.com,.*,rsa-sha2-512,rsa-sha2-256>/);
  });
});

describe('public keys', () => {
  it.each([
    ['ed25519', [], 'ssh-ed25519'],
    ['ecdsa', ['-b', '256'], 'ecdsa-sha2-nistp256'],
    ['ecdsa', ['-b', '521'], 'ecdsa-sha2-nistp521'],
    ['rsa', ['-b', '2048'], 'rsa-sha2-512'],
  ])('of type %s %j log in as %s', async (type, flags, algorithm) => {
    const file = join(folder.path, `key-${algorithm}`);
    spawnSync('ssh-keygen', ['-q', '-t', type, ...flags, '-N', '', '-f', file]);
    const { status } = await runSsh({ ...folder, keyFile: file }, server.port, [LOGIN, 'true']);
    expect([status, attempts.at(-1)]).toEqual([0, `publickey ${algorithm}`]);
  });

  it('with a certificate are checked against the CA', async () => {
    const ca = join(folder.path, 'ca');
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', ca]);
    spawnSync('ssh-keygen', ['-q', '-s', ca, '-I', 'id-1', '-n', 'x', '-V', '-1h:+1h', `${folder.keyFile}.pub`]);
    const trusted = parsePublicKeyLine(readFileSync(`${ca}.pub`, 'utf8')).key;
    decide = (attempt) => {
      if (attempt.method !== 'publickey' || attempt.proven.key.kind !== 'certificate' || trusted.kind !== 'key') return refused;
      const policy = { role: 'user', authorities: [trusted], principals: [attempt.user], nowSeconds: Date.now() / 1000 } as const;
      return checkCertificate(attempt.proven.key, policy).isAccepted ? { kind: 'success' } : refused;
    };
    const { status } = await runSsh(folder, server.port, ['-o', `CertificateFile=${folder.keyFile}-cert.pub`, LOGIN, 'true']);
    expect([status, attempts.at(-1)]).toEqual([0, 'publickey ssh-ed25519-cert-v01@openssh.com']);
  });
});

describe('passwords and prompts', () => {
  let askpass: string;

  /** Runs ssh with one answer for each prompt, in order. A prompt beyond them gets an empty answer. */
  const withAnswers = (answers: readonly string[], method: string): Promise<Finished> => {
    askpass = join(folder.path, 'askpass');
    writeFileSync(join(folder.path, 'answers'), `${answers.join('\n')}\n`);
    writeFileSync(
      askpass,
      `#!/bin/sh\necho "$1" >> ${folder.path}/questions\nhead -n1 ${folder.path}/answers\nsed -i 1d ${folder.path}/answers\n`,
    );
    writeFileSync(join(folder.path, 'questions'), '');
    chmodSync(askpass, 0o755);
    const env = { ...process.env, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' };
    const options = sshOptions(folder, server.port).map((option) => (option === 'BatchMode=yes' ? 'BatchMode=no' : option));
    return runProgram('ssh', [...options, '-o', `PreferredAuthentications=${method}`, LOGIN, 'echo in'], '', env);
  };

  it('a password', async () => {
    decide = (attempt) => (attempt.method === 'password' && attempt.password === 'secret word' ? { kind: 'success' } : refused);
    expect(await withAnswers(['wrong', 'secret word'], 'password')).toMatchObject({ status: 0 });
    expect(attempts).toEqual(['none', 'password', 'password']);
  });

  it('a password that has to be changed', async () => {
    decide = (attempt) => {
      if (attempt.method !== 'password') return refused;
      if (attempt.newPassword === undefined) return { kind: 'change-password', prompt: 'Your password has expired.' };
      return attempt.password === 'old' && attempt.newPassword === 'new' ? { kind: 'success' } : refused;
    };
    expect(await withAnswers(['old', 'old', 'new', 'new'], 'password')).toMatchObject({ status: 0 });
  });

  it('several prompts, one after the other, and a late approval', async () => {
    const heard: string[][] = [];
    decide = async (attempt) => {
      if (attempt.method !== 'keyboard-interactive') return refused;
      heard.push(
        await attempt.ask({
          name: 'Sallyport',
          instruction: 'Two factors',
          prompts: [
            { text: 'Password: ', isEchoed: false },
            { text: 'Code: ', isEchoed: true },
          ],
        }),
      );
      for (let beat = 0; beat < 3; beat += 1) heard.push(await attempt.ask({ prompts: [] }));
      return { kind: 'success' };
    };
    expect(await withAnswers(['pw', '123456'], 'keyboard-interactive')).toMatchObject({ status: 0 });
    expect(heard).toEqual([['pw', '123456'], [], [], []]);
  });

  it('a key, then a code', async () => {
    decide = async (attempt) => {
      if (attempt.method === 'publickey') return { kind: 'partial', methods: ['keyboard-interactive'] };
      if (attempt.method !== 'keyboard-interactive') return refused;
      const [code] = await attempt.ask({ prompts: [{ text: 'Code: ', isEchoed: true }] });
      return code === '42' ? { kind: 'success' } : refused;
    };
    expect(await withAnswers(['42'], 'publickey,keyboard-interactive')).toMatchObject({ status: 0 });
    expect(attempts).toEqual(['none', 'publickey ssh-ed25519', 'keyboard-interactive']);
  });
});

describe('other clients', () => {
  it('PuTTY logs in, runs a command and receives 1 MB', async () => {
    decide = (attempt) => (attempt.method === 'password' ? { kind: 'success' } : refused);
    const args = [
      '-batch',
      '-ssh',
      '-P',
      String(server.port),
      '-l',
      'x',
      '-pw',
      'pw',
      '-hostkey',
      fingerprint(hostKey.publicKey),
      '127.0.0.1',
    ];
    const { stdout, stderr, status } = await runProgram('plink', [...args, 'head -c 1000000 /dev/zero']);
    expect([status, stdout.length, stderr]).toEqual([0, 1_000_000, '']);
  });

  it('dropbear logs in and runs a command', async () => {
    decide = (attempt) => (attempt.method === 'password' ? { kind: 'success' } : refused);
    const child = spawn('dbclient', ['-y', '-y', '-p', String(server.port), LOGIN, 'echo from dropbear'], {
      env: { ...process.env, DROPBEAR_PASSWORD: 'pw' },
    });
    let output = '';
    child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
    await new Promise((resolve) => child.on('close', resolve));
    expect(output).toBe('from dropbear\n');
  });
});

afterEach(() => expect(server.transports.length).toBeGreaterThan(0));
