/** The client role put together: transport, authentication, connection over one connected socket. */
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

/** How to log in and whom to trust. */
export interface ClientOptions {
  readonly crypto: CryptoProvider;
  readonly user: string;
  /** Tried in this order. */
  readonly methods: readonly ClientMethod[];
  /** Whether the server is who it should be. Its signature was verified before. Asked again when keys are renewed. */
  readonly verifyHostKey: (presented: PresentedHostKey) => boolean | Promise<boolean>;
  readonly hostKeyPolicy?: VerifyPolicy;
  readonly software?: string;
  readonly offer?: AlgorithmOffer;
  /** From now to the login. */
  readonly timeoutMs?: number;
  readonly transportLimits?: Partial<TransportLimits>;
  readonly connectionLimits?: Partial<ConnectionLimits>;
  readonly clock?: Clock;
  /** The server's banner, control characters and all. */
  readonly banner?: (text: string) => void;
  /** All host keys of the server, as it says; `askHostKeyProof` tells which are really its own. */
  readonly hostKeysAnnounced?: (connection: SshConnection, keys: OfferedKey[]) => void;
}

/**
 * Logs in over a connected socket. Rejects with AuthenticationFailed, SshProtocolError, PeerDisconnected, ConnectionLost or
 * LocalDisconnect; the socket is closed then.
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
  const connection: SshConnection = new SshConnection(transport, handler, options.connectionLimits, (request) => {
    if (request.name !== HOST_KEYS) return undefined;
    options.hostKeysAnnounced?.(connection, readAnnouncedKeys(request));
    return true;
  });
  return connection;
};
