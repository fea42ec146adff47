import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatePrivateKey, serveSsh, type Channel, type ChannelHandler, type ConnectionHandler } from '@sallyport/ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSshOptions } from './clients/openssh.ts';
import { listenBelow } from './free-port.ts';
import { makeUserKey, type UserKey } from './keys/user-key.ts';
import { runProgram } from './run-program.ts';
import { AccountAuthenticator, USER } from './server/account.ts';
import { crypto } from './server/test-server.ts';

let folder: string;
let user: UserKey;
let server: Server;
let port: number;
/** Returns the application's handlers for the next connection. */
let next: (channel: () => Channel) => ConnectionHandler & { readonly session?: ChannelHandler };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-faults-'));
  user = await makeUserKey(folder, 'ed25519');
  const identities = [{ signer: await generatePrivateKey('ed25519') }];
  server = createServer((socket) => {
    serveSsh(
      socket,
      { crypto, identities },
      {
        authenticator: () => new AccountAuthenticator({ keys: [user.key.publicKey] }, () => undefined),
        loggedIn: () => {
          let channel: Channel | undefined = undefined;
          const { session = {}, ...handler } = next(() => channel!);
          return { channelOpen: (incoming) => (channel = incoming.accept(session)), ...handler };
        },
      },
    );
  });
  port = await listenBelow(server);
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const ssh = (args: readonly string[], input = '') =>
  runProgram('ssh', [...openSshOptions({ port, user: USER, login: { kind: 'key', key: user } }), '-o', 'LogLevel=ERROR', ...args], {
    input,
    timeoutMs: 20_000,
  });

const fail = (): never => {
  throw new TypeError('An error in the application');
};

const says = (channel: () => Channel): ChannelHandler => ({
  request: () => {
    setImmediate(() => {
      channel().send(Buffer.from('fine\n'));
      channel().notify({ kind: 'exit-status', status: 0 });
      channel().close();
    });
    return true;
  },
});

describe('an application whose callback throws', () => {
  it.each<[string, typeof next, readonly string[]]>([
    ['when a channel is opened', () => ({ channelOpen: fail }), []],
    ['when a command is requested', () => ({ session: { request: fail } }), []],
    ['when a command is requested, later', () => ({ session: { request: () => Promise.reject(new TypeError('An error, later')) } }), []],
    ['when data arrives', () => ({ session: { request: () => true, data: fail } }), []],
    [
      'when EOF arrives',
      (channel) => ({ session: { request: () => true, data: (bytes) => channel().consume(bytes.length), eof: fail } }),
      [],
    ],
    ['when a forward is requested', () => ({ globalRequest: fail }), ['-N', '-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:1']],
    [
      'when a forward is requested, later',
      () => ({ globalRequest: () => Promise.reject(new TypeError('An error, later')) }),
      ['-N', '-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:1'],
    ],
  ])('%s, loses that connection or request, and no other', async (_name, faulty, args) => {
    next = faulty;
    const { status } = await ssh([...args, '127.0.0.1', ...(args.length > 0 ? [] : ['cat'])], 'input');
    expect(status).toBe(255);
    next = (channel) => ({ session: says(channel) });
    const { stdout } = await ssh(['127.0.0.1', 'anything']);
    expect(stdout.toString()).toBe('fine\n');
  });
});
