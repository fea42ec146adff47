/** For tests: waits that end when the other side has handled what was sent, instead of after a time. */
import type { SshConnection } from './ssh-connection.js';

/** Sends a global request and resolves with its answer: by then the peer has handled every message that was sent before. */
export async function ping(connection: SshConnection): Promise<void> {
  await connection.request({ kind: 'other', name: 'keepalive@openssh.com', body: Buffer.alloc(0) });
}

/** Makes round trips until a number stays the same for ten of them: nothing that the peer answers to moves it any more. */
export async function untilStill(count: () => number, connection: SshConnection): Promise<void> {
  for (let quiet = 0; quiet < 10; ) {
    const before = count();
    await ping(connection);
    quiet = count() === before ? quiet + 1 : 0;
  }
}
