/** Announces and proves all host keys of a server, so that clients can learn new ones (OpenSSH's PROTOCOL 2.5). */
import { parseAnyKeyBlob, SshKeyError, verifySignature, type OfferedKey } from '../keys/index.js';
import type { HostIdentity } from '../transport/host-identity.js';
import type { SshTransport } from '../transport/ssh-transport.js';
import { SshReader, SshWriter } from '../wire/index.js';
import type { GlobalReply, GlobalRequest } from './global-request.js';
import type { SshConnection } from './ssh-connection.js';

/** The announcement, which a server sends once, after authentication. */
export const HOST_KEYS = 'hostkeys-00@openssh.com';
/** The client's request to prove the announced keys. */
export const HOST_KEYS_PROVE = 'hostkeys-prove-00@openssh.com';

const MAX_KEYS = 32;

/** Sends every host key to the client (server role). */
export function announceHostKeys(connection: SshConnection, identities: readonly HostIdentity[]): void {
  const body = new SshWriter(1024);
  for (const { signer } of identities) body.writeString(signer.publicKey.blob);
  connection.notify({ kind: 'other', name: HOST_KEYS, body: body.finish() });
}

/** Signs the requested keys (server role). Refuses the request if one of them is not a key of this server. */
export async function proveHostKeys(
  request: GlobalRequest,
  identities: readonly HostIdentity[],
  transport: SshTransport,
): Promise<GlobalReply> {
  const reply = new SshWriter(1024);
  for (const blob of readBlobs(request.body)) {
    const identity = identities.find(({ signer }) => signer.publicKey.blob.equals(blob));
    if (identity === undefined) return false;
    const { algorithms } = identity.signer;
    const algorithm = algorithms.find((name) => name === transport.algorithms?.hostKey) ?? algorithms[0]!;
    reply.writeString(await identity.signer.sign(algorithm, provenBytes(transport.sessionId, blob)));
  }
  return reply.finish();
}

/** Returns the keys of an announcement (client role), without those of an unknown type. */
export function readAnnouncedKeys(request: GlobalRequest): OfferedKey[] {
  return readBlobs(request.body).flatMap((blob) => {
    try {
      return [parseAnyKeyBlob(blob)];
    } catch (error) {
      if (error instanceof SshKeyError) return [];
      throw error;
    }
  });
}

/**
 * Requests proof of announced host keys (client role, OpenSSH's PROTOCOL 2.5). Returns the keys whose signature is correct; none if the server
 * refuses. Rejects with SshProtocolError if the reply is malformed.
 */
export async function askHostKeyProof(connection: SshConnection, keys: readonly OfferedKey[]): Promise<OfferedKey[]> {
  const body = new SshWriter(1024);
  for (const { blob } of keys) body.writeString(blob);
  const reply = await connection.request({ kind: 'other', name: HOST_KEYS_PROVE, body: body.finish() });
  if (reply === undefined) return [];
  const reader = new SshReader(reply);
  return keys.filter((key) => {
    const signature = reader.readString();
    const algorithm = new SshReader(signature).readAscii(64);
    return verifySignature(key, algorithm, provenBytes(connection.transport.sessionId, key.blob), signature).isValid;
  });
}

const readBlobs = (body: Buffer): Buffer[] => {
  const reader = new SshReader(body);
  const blobs: Buffer[] = [];
  while (reader.remaining > 0 && blobs.length < MAX_KEYS) blobs.push(reader.readString());
  return blobs;
};

const provenBytes = (sessionId: Buffer, blob: Buffer): Buffer =>
  new SshWriter(512).writeString(HOST_KEYS_PROVE).writeString(sessionId).writeString(blob).finish();
