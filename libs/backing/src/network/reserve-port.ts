import { createServer } from 'node:net';

/** What this process has reserved already. */
const ours = new Set<number>();

/**
 * Keeps other installations and test runs from choosing a port between our looking at it and our part's listening on it: each port has
 * an abstract socket that one process can hold, for as long as it lives. False when another process holds it.
 */
export function reservePort(port: number): Promise<boolean> {
  if (ours.has(port)) return Promise.resolve(true);
  const server = createServer((visitor) => visitor.destroy()).unref();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(`\0sallyport-port-${port}`, () => {
      ours.add(port);
      resolve(true);
    });
  });
}
