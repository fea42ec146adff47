import { createServer } from 'node:net';

/** Ports that this process has reserved already. */
const ours = new Set<number>();

/**
 * Reserves a port, so that other installations and test runs do not choose it between our look at it and our part's listening on it. Each
 * port has an abstract socket that one process can hold, for as long as it lives. Returns false if another process holds it.
 */
export function reservePort(port: number): Promise<boolean> {
  if (ours.has(port)) return Promise.resolve(true);
  const server = createServer((visitor) => visitor.destroy()).unref();
  return new Promise((resolve) => {
    // Another error is not about this port; it must not make every port look taken.
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'));
    server.listen(`\0sallyport-port-${port}`, () => {
      ours.add(port);
      resolve(true);
    });
  });
}
