import {
  OpenFailureReason,
  parsePrivateKey,
  parsePublicKeyLine,
  selectCrypto,
  serveSsh,
  type IncomingChannel,
  type ServerApplication,
} from '@sallyport/ssh';
import { createServer, type Server } from 'node:net';
import type { DemoSettings } from './config.js';
import { DemoAuthenticator } from './demo-authenticator.js';
import { serveSession } from './serve-session.js';

/** Creates a plain SSH server for one user and one key: shell, commands and SFTP. It does not listen yet. */
export async function createDemoServer(settings: DemoSettings, hostKey: string): Promise<Server> {
  const options = { crypto: selectCrypto(), identities: [{ signer: await parsePrivateKey(hostKey) }] };
  const { blob } = parsePublicKeyLine(settings.authorizedKey).key;
  const application: ServerApplication = {
    authenticator: () => new DemoAuthenticator(settings.user, blob),
    loggedIn: () => ({ channelOpen: (incoming) => openChannel(incoming, settings) }),
  };
  return createServer({ noDelay: true }, (socket) => serveSsh(socket, options, application));
}

function openChannel(incoming: IncomingChannel, settings: DemoSettings): void {
  if (incoming.kind.kind === 'session') serveSession(incoming, settings);
  else incoming.reject(OpenFailureReason.administrativelyProhibited, 'The demo asset has sessions only');
}
