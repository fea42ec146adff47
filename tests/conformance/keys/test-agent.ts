/** An ssh-agent with FIDO keys and their certificates (draft-ietf-sshm-ssh-agent) that needs no user action. */
import { createServer, type Server, type Socket } from 'node:net';
import { SshReader, SshWriter } from '@sallyport/ssh';
import type { SoftwareAuthenticator } from './software-authenticator.ts';

const Message = { failure: 5, requestIdentities: 11, identitiesAnswer: 12, signRequest: 13, signResponse: 14 } as const;

/** A key in the agent's list: the plain blob, or a certificate for it. */
interface Identity {
  readonly blob: Buffer;
  readonly authenticator: SoftwareAuthenticator;
}

export interface TestAgent {
  readonly path: string;
  close(): void;
}

/** Listens at `path`. Lists `certificates` before the plain keys; each belongs to the authenticator with the same index. */
export async function startTestAgent(
  path: string,
  authenticators: readonly SoftwareAuthenticator[],
  certificates: readonly Buffer[] = [],
): Promise<TestAgent> {
  const certified = certificates.map((blob, index) => ({ blob, authenticator: authenticators[index]! }));
  const identities = [...certified, ...authenticators.map((authenticator) => ({ blob: authenticator.publicKey.blob, authenticator }))];
  const server: Server = createServer((socket) => serve(socket, identities));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  return { path, close: () => server.close() };
}

const serve = (socket: Socket, identities: readonly Identity[]): void => {
  let received = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    while (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) {
      const end = 4 + received.readUInt32BE(0);
      socket.write(new SshWriter(1024).writeString(answer(received.subarray(4, end), identities)).finish());
      received = received.subarray(end);
    }
  });
};

const answer = (request: Buffer, identities: readonly Identity[]): Buffer => {
  if (request[0] === Message.requestIdentities) return listIdentities(identities);
  return (request[0] === Message.signRequest ? signWith(request, identities) : undefined) ?? Buffer.of(Message.failure);
};

const listIdentities = (identities: readonly Identity[]): Buffer => {
  const list = new SshWriter(1024).writeByte(Message.identitiesAnswer).writeUint32(identities.length);
  for (const { blob } of identities) list.writeString(blob).writeString('fido');
  return list.finish();
};

const signWith = (request: Buffer, identities: readonly Identity[]): Buffer | undefined => {
  const reader = new SshReader(request, 1);
  const blob = reader.readString();
  const data = reader.readString();
  const identity = identities.find((known) => known.blob.equals(blob));
  return identity && new SshWriter(1024).writeByte(Message.signResponse).writeString(identity.authenticator.sign(data)).finish();
};
