import { afterEach, expect, it } from 'vitest';
import type { Signer } from '../keys/index.js';
import type { HostIdentity } from '../transport/host-identity.js';
import { Message } from '../transport/message.js';
import { RawPeer } from '../transport/raw-peer.suite.js';
import { SshWriter } from '../wire/index.js';
import { askHostKeyProof, HOST_KEYS, HOST_KEYS_PROVE } from './host-key-rotation.js';
import { connectPair, hostKey, login, PASSWORD, rsaHostKey, startServer, type Pair, type TestServer } from './loopback.suite.js';
import { ping } from './ping.suite.js';

let server: TestServer | Pair;
let peer: RawPeer | undefined;
afterEach(async () => {
  peer?.socket.destroy();
  await server.close();
});

/** Returns an identity, and the number of signatures that its key has made. */
const counted = (key: Signer): { identity: HostIdentity; made: () => number } => {
  let made = 0;
  const signer: Signer = {
    publicKey: key.publicKey,
    algorithms: key.algorithms,
    sign: (algorithm, data) => {
      made += 1;
      return key.sign(algorithm, data);
    },
  };
  return { identity: { signer }, made: () => made };
};

const proofRequest = (...blobs: Buffer[]): Buffer => {
  const writer = new SshWriter(1024).writeByte(Message.globalRequest).writeString(HOST_KEYS_PROVE).writeBoolean(true);
  for (const blob of blobs) writer.writeString(blob);
  return writer.finish();
};

const start = async (): Promise<{ peer: RawPeer; rsa: () => number; ed25519: () => number }> => {
  const [ed25519, rsa] = [counted(hostKey), counted(rsaHostKey)];
  server = await startServer({}, { identities: [ed25519.identity, rsa.identity] });
  peer = RawPeer.to(server.port);
  await peer.login('alice', PASSWORD);
  return { peer, rsa: rsa.made, ed25519: () => ed25519.made() - 1 }; // one signature is that of the key exchange
};

it('a client that asks 32 times in one request for the proof of one host key gets none', async () => {
  const { peer: client, rsa } = await start();
  client.send(proofRequest(...Array<Buffer>(32).fill(rsaHostKey.publicKey.blob)));
  await client.next(Message.requestFailure);
  expect(rsa()).toBe(0);
});

it('a client that asks for a key of another server gets none', async () => {
  const { peer: client, rsa } = await start();
  client.send(proofRequest(rsaHostKey.publicKey.blob, Buffer.from('another')));
  await client.next(Message.requestFailure);
  expect(rsa()).toBe(0);
});

it('a flood of requests for proof costs one signature for each host key, and is refused after the sixteenth', async () => {
  const { peer: client, rsa, ed25519 } = await start();
  for (let request = 0; request < 200; request += 1) client.send(proofRequest(rsaHostKey.publicKey.blob, hostKey.publicKey.blob));
  for (let request = 0; request < 184; request += 1) await client.next(Message.requestFailure);
  const replies = client.received.filter((payload) => payload[0] === Message.requestSuccess);
  expect(replies).toHaveLength(16);
  expect(new Set(replies.map((reply) => reply.toString('hex'))).size).toBe(1);
  expect([rsa(), ed25519()]).toEqual([1, 1]);
});

it('an asset that announces host keys again and again has them read once', async () => {
  const seen: string[][] = [];
  const pair = await connectPair({}, {}, { client: { hostKeysAnnounced: (_connection, keys) => seen.push(keys.map(({ type }) => type)) } });
  server = pair;
  const body = new SshWriter(1024).writeString(rsaHostKey.publicKey.blob).writeString(rsaHostKey.publicKey.blob).finish();
  for (let announcement = 0; announcement < 100; announcement += 1) pair.server.notify({ kind: 'other', name: HOST_KEYS, body });
  await ping(pair.server);
  expect(seen).toEqual([['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-rsa']]);
});

it('a client learns all host keys of a server that follows the protocol', async () => {
  const started = await startServer({});
  server = started;
  const proven = await new Promise<string[]>((resolve) => {
    void login(started.port, {
      hostKeysAnnounced: (connection, keys) =>
        void askHostKeyProof(connection, keys).then((owned) => resolve(owned.map(({ type }) => type))),
    });
  });
  expect(proven).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-rsa']);
});
