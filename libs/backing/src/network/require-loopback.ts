import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { LoopbackMissing } from '../part.errors.js';

const DEADLINE_MS = 3000;

/**
 * Connects to a port of this process on 127.0.0.1. Listening alone works without a loopback interface on some kernels.
 * @throws LoopbackMissing
 */
export async function requireLoopback(): Promise<void> {
  const server = createServer((visitor) => visitor.destroy());
  try {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect', { signal: AbortSignal.timeout(DEADLINE_MS) }).finally(() => socket.destroy());
  } catch (error) {
    throw new LoopbackMissing(error);
  } finally {
    server.close();
  }
}
