import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { connectSsh, parsePrivateKey, selectCrypto, SshWriter, type ClientOptions, type Signer, type SshConnection } from '@sallyport/ssh';
import { runSsh } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
let refusal: string | undefined;
beforeAll(async () => {
  g = await aGateway({ maxSessions: 3, unusedTimeoutSeconds: 2, admit: () => Promise.resolve(refusal) });
});
afterAll(() => g.stop());

const options = { crypto: selectCrypto(), verifyHostKey: () => true };
const dial = (changes: Omit<ClientOptions, 'crypto' | 'verifyHostKey'>): Promise<SshConnection> =>
  connectSsh(connect({ host: '127.0.0.1', port: g.port }), { ...options, ...changes });

async function loginAsAlice(): Promise<SshConnection> {
  const { user, privateKeyFile = '' } = g.alice();
  return dial({ user, methods: [{ method: 'publickey', signer: await parsePrivateKey(await readFile(privateKeyFile)) }] });
}

describe('a user that has signed in', () => {
  it('and holds too many connections is refused with a message, before anything is served', async () => {
    refusal = 'alice already has 100 connections to this gateway';
    const result = await runSsh({ ...g.alice(), command: 'echo in' });
    refusal = undefined;
    expect(result).toMatchObject({ code: 255, stdout: Buffer.alloc(0) });
    expect(result.stderr).toContain('alice already has 100 connections to this gateway');
    expect(g.core.opened).toEqual([]);
  });

  it('and opens session after session on one connection is refused the one above the limit, until one is closed', async () => {
    const connection = await loginAsAlice();
    const open = () => connection.openChannel({ kind: 'session' }, {});
    const [first] = [await open(), await open(), await open()];
    await expect(open()).rejects.toThrow('This connection already has 3 sessions, the most that it may have');
    first!.close();
    await expect
      .poll(() =>
        open().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    connection.disconnect();
  });

  it('and uses no channel is disconnected, and one with a channel is not', async () => {
    const [unused, used] = [await loginAsAlice(), await loginAsAlice()];
    const ended = new Promise<Error>((resolve) => unused.setHandler({ closed: resolve }));
    await used.openChannel({ kind: 'session' }, {});
    expect(await ended).toMatchObject({ message: 'No session for 2 s on this connection' });
    expect(used.transport.hasEnded).toBe(false);
    used.disconnect();
  });
});

describe('a client that floods the gateway with signatures', () => {
  /** Returns a signer of any key blob, whose signatures are wrong. */
  const forger = (blob: Buffer, algorithm: 'rsa-sha2-512' | 'ssh-ed25519'): Signer & { made: number } => ({
    made: 0,
    publicKey: { blob } as Signer['publicKey'],
    algorithms: [algorithm],
    sign() {
      this.made += 1;
      return new SshWriter().writeString(algorithm).writeString(Buffer.alloc(64, this.made)).finish();
    },
  });
  const flood = async (user: string, signer: Signer): Promise<{ banners: string }> => {
    let banners = '';
    const attacks = Array.from({ length: 60 }, () => ({ method: 'publickey' as const, signer }));
    const methods = [{ method: 'none' as const }, ...attacks];
    await expect(dial({ user, methods, banner: (text) => (banners += text) })).rejects.toMatchObject({ name: 'PeerDisconnected' });
    return { banners };
  };

  it('by a key of its own for an unknown user is disconnected at GATEWAY_MAX_AUTH_TRIES', async () => {
    const blob = new SshWriter().writeString('ssh-ed25519').writeString(Buffer.alloc(32, 1)).finish();
    const signer = forger(blob, 'ssh-ed25519');
    await flood('nobody', signer);
    expect(signer.made).toBeLessThanOrEqual(7);
  });

  it('by a 16,384-bit key is disconnected as soon, and is shown the reason', async () => {
    const modulus = Buffer.concat([Buffer.of(0x80), Buffer.alloc(2046, 7), Buffer.of(1)]);
    const blob = new SshWriter(4096)
      .writeString('ssh-rsa')
      .writeMpint(Buffer.of(1, 0, 1))
      .writeMpint(modulus)
      .finish();
    const signer = forger(blob, 'rsa-sha2-512');
    const { banners } = await flood('nobody', signer);
    expect(signer.made).toBeLessThanOrEqual(7);
    expect(banners).toContain('A key was refused: RSA key of 16384 bits; 1024 to 8192 are supported.');
  });
});
