import { connect } from 'node:net';

/** Returns true if a server on 127.0.0.1:`port` sends an SSH identification (`SSH-2.0-…`, RFC 4253 4.2). Rejects if nothing answers. */
export function greetsAsSsh(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1000 });
    socket.once('timeout', () => socket.destroy(new Error('no greeting'))).once('error', reject);
    socket.once('end', () => reject(new Error('closed')));
    socket.once('data', (greeting: Buffer) => {
      socket.destroy();
      resolve(greeting.toString().startsWith('SSH-2.0-'));
    });
  });
}
