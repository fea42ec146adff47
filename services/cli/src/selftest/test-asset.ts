import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import {
  ChannelStream,
  OpenFailureReason,
  parsePrivateKey,
  parsePublicKeyLine,
  selectCrypto,
  serveSsh,
  type ChannelRequestDetails,
  type IncomingChannel,
  type ServerApplication,
  type ServerAuthenticator,
} from '@sallyport/ssh';
import type { Plan } from './plan.js';

const METHODS = ['publickey'];

/**
 * Starts the asset of a test: an SSH server for one account and one key. The answer to a command is the command itself; it runs nothing.
 * Listens on all addresses.
 */
export async function startTestAsset(plan: Plan): Promise<Server> {
  const options = { crypto: selectCrypto(), identities: [{ signer: await parsePrivateKey(plan.hostKey) }] };
  const { blob } = parsePublicKeyLine(plan.accountPublicKey).key;
  const application: ServerApplication = {
    authenticator: () => onlyKey(plan.account, blob),
    loggedIn: () => ({ channelOpen: openChannel }),
  };
  const server = createServer({ noDelay: true }, (socket) => serveSsh(socket, options, application));
  server.listen(plan.port);
  await once(server, 'listening');
  return server;
}

function onlyKey(account: string, blob: Buffer): ServerAuthenticator {
  const accepts = ({ user, key }: { readonly user: string; readonly key: { readonly blob: Buffer } }): boolean =>
    user === account && key.blob.equals(blob);
  return {
    methods: () => METHODS,
    acceptsKey: accepts,
    decide: (attempt) =>
      attempt.method === 'publickey' && accepts({ user: attempt.user, key: attempt.proven.key })
        ? { kind: 'success' }
        : { kind: 'failure', methods: METHODS },
  };
}

function openChannel(incoming: IncomingChannel): void {
  if (incoming.kind.kind !== 'session') return incoming.reject(OpenFailureReason.administrativelyProhibited, 'Sessions only');
  const stream = new ChannelStream({ request: ({ details }) => answer(details) });
  const channel = incoming.accept(stream.handler);
  stream.attach(channel).on('error', () => undefined);
  stream.resume();

  function answer(details: ChannelRequestDetails): boolean {
    if (details.kind !== 'exec') return false;
    stream.end(`ran: ${details.command.toString()}\n`, () => {
      channel.notify({ kind: 'exit-status', status: 0 });
      channel.close();
    });
    return true;
  }
}
