/** Notices a peer that is gone without a word, as OpenSSH's ServerAliveInterval does. */
import type { Timer } from '../transport/clock.js';
import { DisconnectReason } from '../wire/index.js';
import type { SshConnection } from './ssh-connection.js';

/** How often to ask, and how many questions in a row may go unanswered. */
export interface KeepaliveOptions {
  readonly intervalMs: number;
  readonly maxUnanswered: number;
}

/** Asks until the connection ends or the answer, a function, is called. Any reply, also a refusal, is a sign of life. */
export function keepAlive(connection: SshConnection, { intervalMs, maxUnanswered }: KeepaliveOptions): () => void {
  const { transport } = connection;
  let unanswered = 0;
  let timer: Timer;
  const ask = (): void => {
    if (transport.hasEnded) return;
    if (unanswered >= maxUnanswered) {
      transport.disconnect(DisconnectReason.CONNECTION_LOST, 'No answer to keepalives');
      return;
    }
    unanswered += 1;
    void connection.request({ kind: 'other', name: 'keepalive@openssh.com', body: Buffer.alloc(0) }).then(() => {
      unanswered = 0;
    });
    timer = transport.clock.after(intervalMs, ask);
  };
  timer = transport.clock.after(intervalMs, ask);
  return () => timer.cancel();
}
