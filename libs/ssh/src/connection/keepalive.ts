/** Detects a peer that is gone without DISCONNECT, as OpenSSH's ServerAliveInterval does. */
import type { Timer } from '../transport/clock.js';
import { DisconnectReason } from '../wire/index.js';
import type { SshConnection } from './ssh-connection.js';

/** The interval in milliseconds, and the number of consecutive requests that may stay unanswered. */
export interface KeepaliveOptions {
  readonly intervalMs: number;
  readonly maxUnanswered: number;
}

/**
 * Sends keepalive requests until the connection ends or the returned function is called. Any reply is a sign of life, also a refusal.
 * Disconnects with CONNECTION_LOST after `maxUnanswered` requests without a reply.
 */
export function keepAlive(connection: SshConnection, { intervalMs, maxUnanswered }: KeepaliveOptions): () => void {
  const { transport } = connection;
  let unanswered = 0;
  let timer: Timer;
  const ask = (): void => {
    if (transport.hasEnded) return;
    if (unanswered >= maxUnanswered) {
      transport.disconnect(DisconnectReason.CONNECTION_LOST, 'No reply to keepalive requests');
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
