import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  connectPair,
  hostKey,
  lenientAuthenticator,
  login,
  PASSWORD,
  startServer,
  userKey,
  type TestServer,
} from '../connection/loopback.suite.js';
import type { ServerHandshake } from './server-authentication.js';
import { ManualClock } from '../transport/manual-clock.suite.js';
import { Message } from '../transport/message.js';
import { deferred } from '../transport/deferred.suite.js';
import { openSession, passwordRequest, RawPeer, userauth } from '../transport/raw-peer.suite.js';
import { DisconnectReason, SshReader, SshWriter } from '../wire/index.js';
import { ConversationAbandoned, ProvenKey, type Attempt, type ServerAuthenticator, type Verdict } from './attempt.js';
import { signedBytes } from './publickey-proof.js';
import { decodeFailure, encodeInfoResponse } from './userauth-messages.js';

let server: TestServer;
let socket: Socket | undefined;
afterEach(async () => {
  socket?.destroy();
  await server.close();
});

const peer = async (): Promise<RawPeer> => {
  const raw = RawPeer.to(server.port);
  socket = raw.socket;
  await raw.requestUserauth();
  return raw;
};

const failure = async (raw: RawPeer) => decodeFailure(await raw.next(Message.userauthFailure));

/** Returns an authenticator with the given `decide`, and the list of the attempts that it receives. */
const recording = (
  decide: (attempt: Attempt) => Verdict | Promise<Verdict>,
): { seen: Attempt[]; authenticator: () => ServerAuthenticator } => {
  const seen: Attempt[] = [];
  const authenticator = (): ServerAuthenticator => ({
    methods: () => ['publickey', 'keyboard-interactive'],
    acceptsKey: ({ key }) => key.blob.equals(userKey.publicKey.blob),
    decide: (attempt) => {
      seen.push(attempt);
      return decide(attempt);
    },
  });
  return { seen, authenticator };
};

const refuse = (): Verdict => ({ kind: 'failure', methods: ['publickey', 'password', 'keyboard-interactive'] });

const { blob } = userKey.publicKey;

const keyRequest = (isSigned: boolean, algorithm = 'ssh-ed25519', key = blob): SshWriter =>
  userauth('alice', 'publickey').writeBoolean(isSigned).writeString(algorithm).writeString(key);

describe('like OpenSSH, the server answers', () => {
  it('an unknown method with the methods that can continue, and stays connected', async () => {
    server = await startServer({});
    const raw = await peer();
    raw.send(userauth('alice', 'gssapi-with-mic').writeUint32(1).writeString('oid').finish());
    expect(await failure(raw)).toEqual({ methods: ['publickey', 'password'], isPartial: false });
    raw.send(passwordRequest('alice', PASSWORD));
    await raw.next(Message.userauthSuccess);
  });

  it('every SERVICE_REQUEST, also a repeated one', async () => {
    server = await startServer({});
    const raw = await peer();
    await raw.requestUserauth();
    await raw.requestUserauth();
    raw.send(passwordRequest('alice', PASSWORD));
    await raw.next(Message.userauthSuccess);
  });

  it('a request before SERVICE_REQUEST with UNIMPLEMENTED', async () => {
    server = await startServer({});
    const raw = RawPeer.to(server.port);
    socket = raw.socket;
    await raw.ready;
    raw.send(passwordRequest('alice', PASSWORD));
    await raw.requestUserauth();
    expect(raw.types).toEqual([]);
  });

  it('another service, or a changed user name, with a disconnect', async () => {
    server = await startServer({});
    const raw = await peer();
    raw.send(userauth('alice', 'none', 'ssh-vpn').finish());
    expect(await raw.closed).toMatchObject({ name: 'PeerDisconnected', reason: DisconnectReason.SERVICE_NOT_AVAILABLE });
    const other = await peer();
    other.send(passwordRequest('alice', 'wrong'), passwordRequest('bob', PASSWORD));
    expect(await other.closed).toMatchObject({ reason: DisconnectReason.PROTOCOL_ERROR, message: 'Change of user name is not allowed' });
  });

  it('requests that were sent ahead, in their order', async () => {
    server = await startServer({});
    const raw = await peer();
    raw.send(userauth('alice', 'none').finish(), passwordRequest('alice', 'no'), passwordRequest('alice', PASSWORD));
    await raw.next(Message.userauthSuccess);
    expect(raw.types.filter((type) => type !== Message.globalRequest)).toEqual([Message.userauthFailure, Message.userauthFailure]);
  });

  it('no authentication request after success', async () => {
    server = await startServer({});
    const raw = await peer();
    raw.send(passwordRequest('alice', PASSWORD));
    await raw.next(Message.userauthSuccess);
    raw.send(passwordRequest('alice', 'wrong'), openSession());
    await raw.next(Message.channelOpenFailure);
    expect(raw.types).not.toContain(Message.userauthFailure);
  });
});

describe('the limits', () => {
  it('end the connection after six failures, not counting an initial none request', async () => {
    const { seen, authenticator } = recording(refuse);
    server = await startServer({ authenticator });
    const raw = await peer();
    raw.send(userauth('alice', 'none').finish());
    await failure(raw);
    for (let attempt = 1; attempt <= 200 && !raw.transport.hasEnded; attempt += 1) {
      raw.send(passwordRequest('alice', `guess ${attempt}`));
      await Promise.race([failure(raw), raw.closed]);
    }
    expect(await raw.closed).toMatchObject({ message: 'Too many authentication failures', reason: DisconnectReason.PROTOCOL_ERROR });
    expect(seen.filter(({ method }) => method === 'password')).toHaveLength(6);
  });

  it('do not count a failure whose cause lies on the server side', async () => {
    const { authenticator } = recording(() => ({ kind: 'failure', methods: ['password'], counts: false }));
    server = await startServer({ authenticator });
    const raw = await peer();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      raw.send(passwordRequest('alice', 'x'));
      await failure(raw);
    }
    expect(raw.transport.hasEnded).toBe(false);
  });

  it('end a connection that keeps asking about keys', async () => {
    server = await startServer({});
    const raw = await peer();
    for (let query = 0; query < 65; query += 1) {
      raw.send(keyRequest(false).finish());
      await Promise.race([raw.next(Message.userauthMethodReply), raw.closed]);
    }
    expect(await raw.closed).toMatchObject({ message: 'Too many authentication failures' });
  });

  it('bound the requests that wait while one is decided', async () => {
    const { authenticator } = recording(() => new Promise(() => undefined));
    server = await startServer({ authenticator });
    const raw = await peer();
    for (let request = 0; request < 100; request += 1) raw.send(passwordRequest('alice', 'x'));
    expect(await raw.closed).toMatchObject({
      reason: DisconnectReason.PROTOCOL_ERROR,
      message: 'Too many authentication requests at once',
    });
  });

  it('end a silent socket after 10 seconds', async () => {
    const clock = new ManualClock();
    const closed = deferred<Error>();
    server = await startServer({ closedBeforeLogin: closed.resolve }, { clock });
    socket = connect(server.port, '127.0.0.1');
    await expect.poll(() => server.transports.length).toBe(1);
    clock.advance(9_999);
    expect(server.transports[0]!.hasEnded).toBe(false);
    clock.advance(1);
    expect(await closed.promise).toMatchObject({ message: 'No identification line within 10 s' });
  });

  it.each([
    [
      'a socket that sends only its identification',
      async () =>
        connect(server.port, '127.0.0.1')
          .setEncoding('latin1')
          .on('connect', function (this: Socket) {
            this.write('SSH-2.0-x\r\n');
          }),
    ],
    ['a peer that only exchanges keys', async () => (await peer()).socket],
  ])('end %s after 30 seconds', async (_name, open) => {
    const clock = new ManualClock();
    const closed = deferred<Error>();
    server = await startServer({ closedBeforeLogin: closed.resolve }, { clock });
    socket = await open();
    await expect.poll(() => server.transports[0]?.peerIdentification).toMatch(/^SSH-2.0-/);
    clock.advance(29_000);
    expect(server.transports[0]!.hasEnded).toBe(false);
    clock.advance(1_000);
    expect(await closed.promise).toMatchObject({ message: 'Timeout before authentication' });
  });

  it('restart the login grace time when the application extends it', async () => {
    const clock = new ManualClock();
    let handshake: ServerHandshake | undefined;
    server = await startServer(
      {
        authenticator: (made) => {
          handshake = made;
          return lenientAuthenticator;
        },
      },
      { clock },
    );
    const raw = await peer();
    clock.advance(20_000);
    handshake!.extendGrace(60_000);
    clock.advance(59_000);
    raw.send(passwordRequest('alice', PASSWORD));
    await raw.next(Message.userauthSuccess);
    clock.advance(600_000);
    expect(server.transports[0]!.hasEnded).toBe(false);
  });
});

describe('public keys', () => {
  it('a query about a key is answered by the application and proves nothing', async () => {
    const { seen, authenticator } = recording(() => ({ kind: 'success' }));
    server = await startServer({ authenticator });
    const raw = await peer();
    raw.send(keyRequest(false).finish());
    const reader = new SshReader(await raw.next(Message.userauthMethodReply), 1);
    expect([reader.readAscii(), reader.readString().equals(blob)]).toEqual(['ssh-ed25519', true]);
    raw.send(keyRequest(false, 'ssh-ed25519', hostKey.publicKey.blob).finish());
    await failure(raw);
    expect(seen).toEqual([]);
  });

  it('a correct signature makes a proven key', async () => {
    const { seen, authenticator } = recording(() => ({ kind: 'success' }));
    server = await startServer({ authenticator });
    const raw = await peer();
    const data = signedBytes(raw.transport.sessionId, 'alice', 'ssh-ed25519', blob);
    raw.send(keyRequest(true).writeString(userKey.sign('ssh-ed25519', data)).finish());
    await raw.next(Message.userauthSuccess);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method: 'publickey', user: 'alice', proven: { algorithm: 'ssh-ed25519' } });
    expect(seen[0]!.method === 'publickey' && ProvenKey.isProven(seen[0]!.proven)).toBe(true);
    expect(ProvenKey.isProven({ key: userKey.publicKey, algorithm: 'ssh-ed25519', fido: undefined })).toBe(false);
  });

  describe('a flood of wrong signatures', () => {
    /** Sends signed requests until the server disconnects. Returns the number of requests that it answered or ended with. */
    const flood = async (raw: RawPeer, request: () => Buffer): Promise<number> => {
      for (let sent = 1; sent <= 40; sent += 1) {
        raw.send(request());
        await Promise.race([failure(raw), raw.closed]);
        if (raw.transport.hasEnded) return sent;
      }
      return Infinity;
    };

    const watched = () => {
      const seen = { verified: 0, refused: [] as string[], unusable: [] as string[] };
      const authenticator = (): ServerAuthenticator => ({
        methods: () => ['publickey'],
        acceptsKey: ({ key }) => key.blob.equals(userKey.publicKey.blob),
        verifyPolicy: () => {
          seen.verified += 1;
          return {};
        },
        signatureRefused: (_query, reason) => seen.refused.push(reason),
        keyRefused: (_request, problem) => seen.unusable.push(problem.message),
        decide: refuse,
      });
      return { seen, authenticator };
    };
    /** More failures are allowed than wrong signatures: an agent may offer many keys. */
    const authenticationLimits = { failures: 40 };

    it('by a key that the user has ends the connection with the sixth', async () => {
      const { seen, authenticator } = watched();
      server = await startServer({ authenticator }, { authenticationLimits });
      const raw = await peer();
      const wrong = userKey.sign('ssh-ed25519', Buffer.from('another text'));
      expect(await flood(raw, () => keyRequest(true).writeString(wrong).finish())).toBe(6);
      expect(await raw.closed).toMatchObject({ message: 'Too many authentication failures' });
      expect([seen.verified, seen.refused]).toEqual([6, Array(6).fill('signature is wrong')]);
    });

    it('by a key that the user does not have is not verified at all', async () => {
      const { seen, authenticator } = watched();
      server = await startServer({ authenticator }, { authenticationLimits });
      const raw = await peer();
      const request = () => keyRequest(true, 'ssh-ed25519', hostKey.publicKey.blob).writeString('x').finish();
      expect(await flood(raw, request)).toBe(6);
      expect([seen.verified, seen.refused[0]]).toEqual([0, 'the key is not one of this user']);
    });

    it('by a 16,384-bit key of the attacker is refused before its signature is read, with the reason', async () => {
      const { seen, authenticator } = watched();
      server = await startServer({ authenticator }, { authenticationLimits });
      const raw = await peer();
      const modulus = Buffer.concat([Buffer.of(0x80), Buffer.alloc(2046, 7), Buffer.of(1)]);
      const huge = new SshWriter(4096)
        .writeString('ssh-rsa')
        .writeMpint(Buffer.of(1, 0, 1))
        .writeMpint(modulus)
        .finish();
      expect(await flood(raw, () => keyRequest(true, 'rsa-sha2-512', huge).writeString(Buffer.alloc(2048)).finish())).toBe(6);
      expect([seen.verified, seen.unusable[0]]).toEqual([0, 'RSA key of 16384 bits; 1024 to 8192 are supported']);
    });
  });

  it.each([
    ['another session', () => signedBytes(Buffer.alloc(32, 1), 'alice', 'ssh-ed25519', blob)],
    ['another user', (session: Buffer) => signedBytes(session, 'root', 'ssh-ed25519', blob)],
    ['another key', (session: Buffer) => signedBytes(session, 'alice', 'ssh-ed25519', hostKey.publicKey.blob)],
    ['nothing', () => Buffer.alloc(0)],
  ])('a signature over %s never reaches the application', async (_name, data) => {
    const { seen, authenticator } = recording(() => ({ kind: 'success' }));
    server = await startServer({ authenticator });
    const raw = await peer();
    raw.send(
      keyRequest(true)
        .writeString(userKey.sign('ssh-ed25519', data(raw.transport.sessionId)))
        .finish(),
    );
    expect((await failure(raw)).isPartial).toBe(false);
    expect(seen).toEqual([]);
  });

  it('a key that does not fit its algorithm, an unknown algorithm and SHA-1 are refused', async () => {
    const { seen, authenticator } = recording(() => ({ kind: 'success' }));
    server = await startServer({ authenticator });
    const raw = await peer();
    for (const algorithm of ['ecdsa-sha2-nistp256', 'ssh-dss', 'ssh-rsa']) {
      raw.send(keyRequest(false, algorithm).finish());
      await failure(raw);
    }
    raw.send(keyRequest(false, 'ssh-ed25519', Buffer.from('rubbish')).finish());
    await failure(raw);
    expect(seen).toEqual([]);
  });
});

describe('keyboard-interactive', () => {
  const start = (): Buffer => userauth('alice', 'keyboard-interactive').writeString('').writeString('').finish();

  it('sends as many requests as the application asks for, also without prompts', async () => {
    const answers: string[][] = [];
    const { authenticator } = recording(async (attempt) => {
      if (attempt.method !== 'keyboard-interactive') return refuse();
      answers.push(await attempt.ask({ prompts: [{ text: 'Code: ', isEchoed: false }] }));
      for (let beat = 0; beat < 3; beat += 1) answers.push(await attempt.ask({ instruction: 'waiting for approval', prompts: [] }));
      return { kind: 'success' };
    });
    server = await startServer({ authenticator });
    const client = await login(server.port, {
      methods: [{ method: 'keyboard-interactive', answer: ({ prompts }) => prompts.map(({ text }) => `to ${text}`) }],
    });
    expect(answers).toEqual([['to Code: '], [], [], []]);
    client.disconnect();
  });

  it('ends the connection when the number of answers is wrong', async () => {
    const { authenticator } = recording(async (attempt) => {
      if (attempt.method === 'keyboard-interactive') await attempt.ask({ prompts: [{ text: 'one', isEchoed: true }] });
      return refuse();
    });
    server = await startServer({ authenticator });
    const raw = await peer();
    raw.send(start());
    await raw.next(Message.userauthMethodReply);
    raw.send(encodeInfoResponse(['a', 'b']));
    expect(await raw.closed).toMatchObject({ reason: DisconnectReason.PROTOCOL_ERROR, message: '2 answers to 1 prompts' });
  });

  it('is abandoned when the client sends another request, which is then decided', async () => {
    const errors: unknown[] = [];
    const { authenticator } = recording(async (attempt) => {
      if (attempt.method !== 'keyboard-interactive') return { kind: 'success' };
      await attempt.ask({ prompts: [{ text: 'one', isEchoed: true }] }).catch((error: unknown) => errors.push(error));
      return { kind: 'success' };
    });
    server = await startServer({ authenticator });
    const raw = await peer();
    raw.send(start());
    await raw.next(Message.userauthMethodReply);
    raw.send(passwordRequest('alice', 'x'));
    await raw.next(Message.userauthSuccess);
    expect(errors).toEqual([expect.any(ConversationAbandoned)]);
    expect(raw.types).not.toContain(Message.userauthFailure);
  });

  it('is abandoned when the connection ends', async () => {
    const ended = deferred<unknown>();
    const { authenticator } = recording(async (attempt) => {
      if (attempt.method === 'keyboard-interactive') await attempt.ask({ prompts: [] }).catch(ended.resolve);
      return refuse();
    });
    server = await startServer({ authenticator });
    const raw = await peer();
    raw.send(start());
    await raw.next(Message.userauthMethodReply);
    raw.socket.destroy();
    expect(await ended.promise).toBeInstanceOf(ConversationAbandoned);
  });
});

describe('the server supports', () => {
  it('two methods, one after the other', async () => {
    const { seen, authenticator } = recording((attempt) => {
      if (attempt.method === 'publickey') return { kind: 'partial', methods: ['password'] };
      return attempt.method === 'password' && attempt.password === PASSWORD ? { kind: 'success' } : refuse();
    });
    server = await startServer({ authenticator });
    const client = await login(server.port, {
      methods: [
        { method: 'publickey', signer: userKey, asksFirst: true },
        { method: 'password', password: PASSWORD },
      ],
    });
    expect(seen.map(({ method }) => method)).toEqual(['publickey', 'password']);
    client.disconnect();
  });

  it('a password that has to be changed', async () => {
    const { seen, authenticator } = recording((attempt) => {
      if (attempt.method !== 'password') return refuse();
      return attempt.newPassword === 'new' ? { kind: 'success' } : { kind: 'change-password', prompt: 'Expired. New password: ' };
    });
    server = await startServer({ authenticator });
    const prompts: string[] = [];
    const changePassword = (prompt: string): string => {
      prompts.push(prompt);
      return 'new';
    };
    const client = await login(server.port, { methods: [{ method: 'password', password: 'old', changePassword }] });
    expect(prompts).toEqual(['Expired. New password: ']);
    expect(seen.at(-1)).toEqual({ method: 'password', user: 'alice', password: 'old', newPassword: 'new' });
    client.disconnect();
  });

  it('banners at any time before success, none after', async () => {
    let handshake: ServerHandshake | undefined;
    const { authenticator } = recording((attempt) => {
      handshake!.banner(`about ${attempt.method}`);
      return attempt.method === 'password' ? { kind: 'success' } : refuse();
    });
    server = await startServer({
      authenticator: (made) => {
        handshake = made;
        made.banner('early');
        return authenticator();
      },
    });
    const banners: string[] = [];
    const client = await login(server.port, {
      methods: [{ method: 'none' }, { method: 'password', password: 'x' }],
      banner: (text) => banners.push(text),
    });
    handshake!.banner('too late');
    expect(await client.request({ kind: 'other', name: 'ping', body: Buffer.alloc(0) })).toBeUndefined();
    expect(banners).toEqual(['early', 'about none', 'about password']);
    client.disconnect();
  });
});

describe('a client that is refused', () => {
  it('reports the methods that it tried and those that the server accepts', async () => {
    server = await startServer({});
    await expect(login(server.port, { methods: [{ method: 'password', password: 'wrong' }] })).rejects.toThrow(
      'Login refused: tried password; the server accepts publickey, password',
    );
  });

  it('never shows the password it used', async () => {
    server = await startServer({});
    const error = await login(server.port, { methods: [{ method: 'password', password: 'hunter2' }] }).catch((reason: unknown) => reason);
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
  });

  it('disconnects from a server that does not answer', async () => {
    const clock = new ManualClock();
    server = await startServer({ authenticator: recording(() => new Promise(() => undefined)).authenticator });
    const attempt = login(server.port, { clock }).catch((reason: unknown) => reason);
    await expect.poll(() => server.transports.length).toBe(1);
    clock.advance(30_000);
    expect(await attempt).toMatchObject({ message: 'No login within 30 s' });
  });
});

describe('before authentication', () => {
  it('no channel can be opened', async () => {
    server = await startServer({});
    const raw = await peer();
    raw.send(openSession());
    expect(await raw.closed).toMatchObject({ reason: DisconnectReason.PROTOCOL_ERROR, message: 'Message 90 before authentication' });
  });

  it('server-sig-algs lists every algorithm, separated by commas', async () => {
    const pair = await connectPair({});
    server = { close: pair.close, port: 0, transports: [] };
    expect(pair.client.transport.peerExtensions.get('server-sig-algs')?.toString().split(',')).toEqual([
      'ssh-ed25519',
      'sk-ssh-ed25519@openssh.com',
      'ecdsa-sha2-nistp256',
      'ecdsa-sha2-nistp384',
      'ecdsa-sha2-nistp521',
      'sk-ecdsa-sha2-nistp256@openssh.com',
      'rsa-sha2-512',
      'rsa-sha2-256',
    ]);
  });
});
