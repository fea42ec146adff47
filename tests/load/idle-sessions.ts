import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectSsh,
  parsePrivateKey,
  selectCrypto,
  type Channel,
  type ChannelHandler,
  type PrivateKey,
  type SshConnection,
} from '@sallyport/ssh';
import { residentKib } from './process-cost.ts';

/** A gateway at which sessions are held open. */
export interface Gate {
  readonly port: number;
  readonly user: string;
  readonly keyFile: string;
  /** The gateway's process. */
  readonly pid: number;
  /** Makes the process collect its garbage; absent when the gateway offers no way to do so. */
  collectGarbage?(): void;
  /** The attacker's account; when absent, the user's own. */
  readonly attacker?: { readonly user: string; readonly keyFile: string };
  /** Accounts of more users: a user may hold so many connections only. */
  readonly others?: readonly { readonly user: string; readonly keyFile: string }[];
  /** Returns how often the process's event loop was blocked for more than 50 ms; absent when the gateway does not report it here. */
  loopBlocks?(): number | Promise<number>;
}

/** V8 collects the garbage of the logins once the process has been idle for a while. */
const SETTLE_MS = 30_000;
const crypto = selectCrypto();

/** A program that an idle session runs on its terminal. */
export type IdleProgram = 'sleep' | 'shell';

/** Measures the resident memory in KiB that each of `count` idle sessions with a terminal costs the gateway. */
export async function measureIdleSessions(gate: Gate, count: number, program: IdleProgram): Promise<number> {
  await closeAll(await openSessions(gate, 8, program)); // the first sessions load code, which is not a cost per session
  const before = await settled(gate);
  const sessions = await openSessions(gate, count, program);
  const perSession = ((await settled(gate)) - before) / count;
  await closeAll(sessions);
  return perSession;
}

async function openSessions(gate: Gate, count: number, program: IdleProgram): Promise<SshConnection[]> {
  const users = await Promise.all([gate, ...(gate.others ?? [])].map(readUser));
  const open: SshConnection[] = [];
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < count) open.push(await openSession(gate.port, users[begun++ % users.length]!, program));
  };
  await Promise.all(Array.from({ length: Math.min(6, count) }, worker));
  return open;
}

interface KeyUser {
  readonly user: string;
  readonly key: PrivateKey;
}

async function readUser({ user, keyFile }: { readonly user: string; readonly keyFile: string }): Promise<KeyUser> {
  return { user, key: await parsePrivateKey(readFileSync(keyFile)) };
}

async function openSession(port: number, { user, key }: KeyUser, program: IdleProgram): Promise<SshConnection> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  const connection = await connectSsh(socket, { crypto, user, methods: [{ method: 'publickey', signer: key }], verifyHostKey: () => true });
  if (program === 'shell') await reachPrompt(connection);
  else await (await openTerminal(connection, {})).request({ kind: 'exec', command: Buffer.from('exec sleep 1000') });
  return connection;
}

async function openTerminal(connection: SshConnection, handler: ChannelHandler): Promise<Channel> {
  const channel = await connection.openChannel({ kind: 'session' }, handler);
  await channel.request({
    kind: 'pty-req',
    term: 'xterm',
    columns: 120,
    rows: 40,
    widthPixels: 0,
    heightPixels: 0,
    modes: Buffer.from([0]),
  });
  return channel;
}

/** Runs one command in a shell, and resolves when the shell asks for the next one. */
async function reachPrompt(connection: SshConnection): Promise<void> {
  let shown = '';
  const atPrompt = Promise.withResolvers<void>();
  const channel = await openTerminal(connection, {
    data: (bytes) => {
      shown += bytes.toString();
      channel.consume(bytes.length);
      if (/ready.*ready\r\n.*[$#] $/s.test(shown)) atPrompt.resolve(); // the line's echo, and its output
    },
  });
  await channel.request({ kind: 'shell' });
  channel.send(Buffer.from('echo ready\r'));
  await atPrompt.promise;
}

async function closeAll(sessions: readonly SshConnection[]): Promise<void> {
  for (const session of sessions) session.disconnect();
  await sleep(SETTLE_MS);
}

async function settled(gate: Gate): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    await sleep(SETTLE_MS / 3);
    gate.collectGarbage?.();
  }
  await sleep(500);
  return residentKib(gate.pid);
}
