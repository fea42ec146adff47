import { connect, type Socket } from 'node:net';
import type { Clock } from '@sallyport/context';
import type { DialTarget, SshDialer } from '../ssh-dialer.js';
import { DialFailed } from '../ssh.errors.js';
import { ClientConnection } from './client-connection.js';

/** A dialer; one handshake, from the first packet to the proven host key, may take `timeoutMs`. */
export function createSshDialer({ clock, timeoutMs }: { clock: Clock; timeoutMs: number }): SshDialer {
  return {
    async handshake(target) {
      const late = new AbortController();
      const timer = clock.timeout(timeoutMs, () => late.abort());
      const signal = AbortSignal.any([target.signal, late.signal]);
      try {
        const socket = await openSocket(target, signal);
        return await exchangeKeys(socket, target, signal, clock);
      } catch (error) {
        throw late.signal.aborted ? dialFailed(target, `no answer within ${timeoutMs / 1000} s`, error) : dialFailed(target, wordsFor(error), error);
      } finally {
        timer.cancel();
      }
    },
  };
}

function openSocket({ host, port }: DialTarget, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const onAbort = (): void => void socket.destroy(new Error('given up'));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', reject);
      resolve(socket);
    });
    if (signal.aborted) onAbort();
  });
}

async function exchangeKeys(socket: Socket, { preferredHostKeys }: DialTarget, signal: AbortSignal, clock: Clock): Promise<ClientConnection> {
  const connection = new ClientConnection(socket, preferredHostKeys, clock);
  const onAbort = (): void => void socket.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await connection.whenReady;
    return connection;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name can not be resolved now',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no route to its network',
  ETIMEDOUT: 'no answer',
  ECONNRESET: 'it closed the connection',
};

const wordsFor = (error: unknown): string => WORDS[(error as NodeJS.ErrnoException).code ?? ''] ?? (error as Error).message;

const dialFailed = ({ host, port }: DialTarget, why: string, cause: unknown): DialFailed =>
  new DialFailed(`The asset can't be reached: ${why}`, { host, port }, { cause });
