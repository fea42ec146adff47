import { createServer } from 'node:net';
import { LoopbackMissing, PortNotAllowed, PortTaken, PortUnusable } from '../part.errors.js';

/** Listens on 127.0.0.1:`port` for a moment. Returns the system's error, or undefined if the port is free. */
export function listenProblem(port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Returns the error for the user of a port that can't be listened on. `hint` says how to choose another. */
export function portError(name: string, port: number, hint: string, cause: NodeJS.ErrnoException): Error {
  if (cause.code === 'EADDRINUSE') return new PortTaken(name, port, hint);
  if (cause.code === 'EACCES') return new PortNotAllowed(name, port, hint);
  if (cause.code === 'EADDRNOTAVAIL') return new LoopbackMissing(cause);
  return new PortUnusable(name, port, cause);
}
