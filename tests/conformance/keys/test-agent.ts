/** An ssh-agent that holds FIDO keys and their certificates (draft-ietf-sshm-ssh-agent): what a person's agent does, without the person. */
import { createServer, type Server, type Socket } from 'node:net';
import { SshReader, SshWriter } from '@sallyport/ssh';
import type { SoftwareAuthenticator } from './software-authenticator.ts';

const Message = { failure: 5, requestIdentities: 11, identitiesAnswer: 12, signRequest: 13, signResponse: 14 } as const;

/** A key as the agent lists it: the plain blob, or a certificate for it. */
interface Identity {
  readonly blob: Buffer;
  readonly authenticator: SoftwareAuthenticator;
}

export interface TestAgent {
  readonly path: string;
  close(): void;
}

/** Listens at `path`. `certificates` are listed before the plain keys, each for the authenticator of the same place. */
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
  let heard = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (bytes: Buffer) => {
    heard = Buffer.concat([heard, bytes]);
    while (heard.length >= 4 && heard.length >= 4 + heard.readUInt32BE(0)) {
      const end = 4 + heard.readUInt32BE(0);
      socket.write(new SshWriter(1024).writeString(answer(heard.subarray(4, end), identities)).finish());
      heard = heard.subarray(end);
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
