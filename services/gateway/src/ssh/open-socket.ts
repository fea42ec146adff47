import { connect, type Socket } from 'node:net';

/** Connects to an address. The signal aborts it. Rejects with the socket's error. */
export function openSocket({ host, port, signal }: { host: string; port: number; signal: AbortSignal }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const onAbort = (): void => void socket.destroy(new Error('aborted'));
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

const MESSAGES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name can not be resolved now',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'no answer',
  ECONNRESET: 'it closed the connection',
};

/** Returns the reason why a connection failed, for a user. */
export const socketProblem = (error: Error): string => MESSAGES[(error as NodeJS.ErrnoException).code ?? ''] ?? error.message;
