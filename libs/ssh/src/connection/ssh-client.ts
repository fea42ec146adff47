/** The client role: transport, authentication and connection layer over one connected socket. */
import { ClientAuthentication } from '../authentication/client-authentication.js';
import type { ClientMethod } from '../authentication/client-method.js';
import type { CryptoProvider } from '../crypto/index.js';
import type { OfferedKey, VerifyPolicy } from '../keys/index.js';
import type { AlgorithmOffer } from '../transport/algorithm-offer.js';
import type { Clock } from '../transport/clock.js';
import type { PresentedHostKey } from '../transport/key-exchange.js';
import type { TransportLimits } from '../transport/limits.js';
import type { ByteSocket } from '../transport/packet-writer.js';
import { SshTransport } from '../transport/ssh-transport.js';
import { HOST_KEYS, readAnnouncedKeys } from './host-key-rotation.js';
import type { ConnectionLimits } from './limits.js';
import { SshConnection, type ConnectionHandler } from './ssh-connection.js';

/** Options of a client connection. */
export interface ClientOptions {
  readonly crypto: CryptoProvider;
  readonly user: string;
  /** Tried in this order. */
  readonly methods: readonly ClientMethod[];
  /** Returns true to trust the host key. Its signature is verified already. Called again when keys are exchanged again. */
  readonly verifyHostKey: (presented: PresentedHostKey) => boolean | Promise<boolean>;
  readonly hostKeyPolicy?: VerifyPolicy;
  readonly software?: string;
  readonly offer?: AlgorithmOffer;
  /** Milliseconds from now to the login; 30,000 by default. */
  readonly timeoutMs?: number;
  readonly transportLimits?: Partial<TransportLimits>;
  readonly connectionLimits?: Partial<ConnectionLimits>;
  readonly clock?: Clock;
  /** Receives the server's banner as it was sent, including control characters. */
  readonly banner?: (text: string) => void;
  /** Receives the host keys that the server announces first; further announcements are ignored. Use `askHostKeyProof` to find those that it owns. */
  readonly hostKeysAnnounced?: (connection: SshConnection, keys: OfferedKey[]) => void;
}

/**
 * Logs in over a connected socket (RFC 4253, 4252) and returns the connection.
 * Rejects with AuthenticationFailed, SshProtocolError, PeerDisconnected, ConnectionLost or LocalDisconnect; the socket is then
 * closed. Rejects with RangeError for an invalid `software` or `connectionLimits`.
 */
export function connectSsh(socket: ByteSocket, options: ClientOptions, handler: ConnectionHandler = {}): Promise<SshConnection> {
  return new Promise((resolve, reject) => {
    const transport = new SshTransport(socket, transportOptions(options), { packet: () => false, closed: () => undefined });
    const events = {
      succeeded: () => resolve(startConnection(transport, options, handler)),
      failed: reject,
      ...(options.banner !== undefined && { banner: options.banner }),
    };
    transport.setListener(new ClientAuthentication(transport, options.user, options.methods, events, options.timeoutMs));
  });
}

const transportOptions = (options: ClientOptions) => ({
  side: { role: 'client' as const, verifyHostKey: options.verifyHostKey, hostKeyPolicy: options.hostKeyPolicy },
  crypto: options.crypto,
  ...(options.software !== undefined && { software: options.software }),
  ...(options.offer !== undefined && { offer: options.offer }),
  ...(options.transportLimits !== undefined && { limits: options.transportLimits }),
  ...(options.clock !== undefined && { clock: options.clock }),
  extensions: { 'ping@openssh.com': '0' },
});

const startConnection = (transport: SshTransport, options: ClientOptions, handler: ConnectionHandler): SshConnection => {
  let isAnnounced = false;
  const connection: SshConnection = new SshConnection(transport, handler, options.connectionLimits, (request) => {
    if (request.name !== HOST_KEYS) return undefined;
    if (isAnnounced || options.hostKeysAnnounced === undefined) return true;
    isAnnounced = true;
    options.hostKeysAnnounced(connection, readAnnouncedKeys(request));
    return true;
  });
  return connection;
};
