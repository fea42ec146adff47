/** Announces and proves all host keys of a server, so that clients can learn new ones (OpenSSH's PROTOCOL 2.5). */
import {
  parseAnyKeyBlob,
  signingPrice,
  signWith,
  SshKeyError,
  verifySignatureInPool,
  verifyingPrice,
  type OfferedKey,
  type Signer,
} from '../keys/index.js';
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
/** Requests for proof that one client may send; OpenSSH's client sends one. */
const MAX_PROOF_REQUESTS = 16;

/** Sends every host key to the client (server role). */
export function announceHostKeys(connection: SshConnection, identities: readonly HostIdentity[]): void {
  const body = new SshWriter(1024);
  for (const { signer } of identities) body.writeString(signer.publicKey.blob);
  connection.notify({ kind: 'other', name: HOST_KEYS, body: body.finish() });
}

/**
 * Proves the host keys of one connection (server role). Each key signs once in a connection: a proof covers the session id and the key
 * alone, so it is the same each time (OpenSSH's PROTOCOL 2.5).
 */
export class HostKeyProver {
  private readonly proofs = new Map<Signer, Promise<Buffer>>();
  private requests = 0;

  constructor(
    private readonly identities: readonly HostIdentity[],
    private readonly transport: SshTransport,
  ) {}

  /**
   * Answers a request with one signature for each key. Refuses it if a key is repeated or not a key of this server, and all requests after
   * the sixteenth.
   */
  async prove(request: GlobalRequest): Promise<GlobalReply> {
    this.requests += 1;
    const signers = this.requests > MAX_PROOF_REQUESTS ? undefined : this.signersOf(readBlobs(request.body));
    if (signers === undefined) return false;
    const reply = new SshWriter(1024);
    for (const signer of signers) reply.writeString(await this.proofOf(signer));
    return reply.finish();
  }

  /** Returns the signers of these keys; undefined if a key is repeated or unknown. */
  private signersOf(blobs: readonly Buffer[]): Signer[] | undefined {
    const asked = new Set<Signer>();
    for (const blob of blobs) {
      const signer = this.identities.find((identity) => identity.signer.publicKey.blob.equals(blob))?.signer;
      if (signer === undefined || asked.has(signer)) return undefined;
      asked.add(signer);
    }
    return [...asked];
  }

  private proofOf(signer: Signer): Promise<Buffer> {
    const known = this.proofs.get(signer);
    if (known !== undefined) return known;
    const { transport } = this;
    const algorithm = signer.algorithms.find((name) => name === transport.algorithms?.hostKey) ?? signer.algorithms[0]!;
    const data = provenBytes(transport.sessionId, signer.publicKey.blob);
    const proof = transport.compute(signingPrice(signer.publicKey), () => signWith(signer, algorithm, data));
    this.proofs.set(signer, proof);
    return proof;
  }
}

/** Returns the keys of an announcement (client role), each once, without those that cannot be used. */
export function readAnnouncedKeys(request: GlobalRequest): OfferedKey[] {
  const blobs = readBlobs(request.body);
  const different = blobs.filter((blob, index) => blobs.findIndex((other) => other.equals(blob)) === index);
  return different.flatMap((blob) => {
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
  const proven: OfferedKey[] = [];
  for (const key of keys) {
    const signature = reader.readString();
    const algorithm = new SshReader(signature).readAscii(64);
    const data = provenBytes(connection.transport.sessionId, key.blob);
    const result = await connection.transport.compute(verifyingPrice(key), () => verifySignatureInPool(key, algorithm, data, signature));
    if (result.isValid) proven.push(key);
  }
  return proven;
}

const readBlobs = (body: Buffer): Buffer[] => {
  const reader = new SshReader(body);
  const blobs: Buffer[] = [];
  while (reader.remaining > 0 && blobs.length < MAX_KEYS) blobs.push(reader.readString());
  return blobs;
};

const provenBytes = (sessionId: Buffer, blob: Buffer): Buffer =>
  new SshWriter(512).writeString(HOST_KEYS_PROVE).writeString(sessionId).writeString(blob).finish();
