import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { HpkeSender, keyIdOf } from '@sallyport/crypto';
import {
  encodeFileContent,
  encodeFrame,
  encodePayload,
  encodeSealedInput,
  encodeTypedLine,
  type FileFact,
  FrameKind,
  sealedHead,
  sealedInputInfo,
  SealedPurpose,
} from '@sallyport/recording-format';
import { aSessionMeta } from '@sallyport/testkit';

const pair = generateKeyPairSync('x25519');
export const auditorsPem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const auditorsPublicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();

export type Payload = readonly [channel: number, kind: FrameKind, payload: Uint8Array];

/** Seals for one channel of a session. */
export function sealerFor(sessionId: string, channel: number): (purpose: SealedPurpose, plaintext: Uint8Array) => Payload {
  const sender = new HpkeSender(pair.publicKey, sealedInputInfo(sessionId, channel));
  const keyId = Buffer.from(keyIdOf(createPublicKey(auditorsPublicPem)), 'hex');
  return (purpose, plaintext) => {
    const head = { purpose, number: sender.nextNumber, keyId };
    const ciphertext = sender.seal(plaintext, sealedHead(head));
    return [channel, FrameKind.sealed, encodeSealedInput({ ...head, enc: sender.enc, ciphertext })];
  };
}

/** Returns the frames of a session with this content between its first and last. */
export function framesWith(sessionId: string, content: readonly Payload[]): Buffer[] {
  const meta = aSessionMeta({ session_id: sessionId, started_at: '2026-01-31T12:00:00.000Z' });
  const payloads: Payload[] = [
    [0, FrameKind.session, encodePayload(FrameKind.session, meta)],
    ...content,
    [0, FrameKind.end, encodePayload(FrameKind.end, { reason: 'finished' })],
  ];
  return payloads.map(([channel, kind, payload], at) =>
    Buffer.from(encodeFrame({ seq: BigInt(at + 1), timeUs: at * 1000, channel, kind }, payload)),
  );
}

/** Returns sealed input of every purpose, on channel 3. */
export function sealedInputOf(sessionId: string): Payload[] {
  const seal = sealerFor(sessionId, 3);
  return [
    seal(SealedPurpose.typed, encodeTypedLine({ timeUs: 500, keys: Buffer.from('hunter2') })),
    seal(SealedPurpose.secret, Buffer.from('pa55\n')),
    seal(SealedPurpose.input, Buffer.from('welcome\n')),
    seal(SealedPurpose.input, Buffer.from([0xff, 0xfe])),
  ];
}

/** Returns the frames of an upload: its content, in pieces, and its fact. */
export function anUpload(path: string, pieces: readonly [offset: number, text: string][], id: string): Payload[] {
  const bytes = pieces.reduce((sum, [, text]) => sum + text.length, 0);
  const fact: FileFact = { id, protocol: 'sftp', op: 'upload', path, bytes, kept_bytes: bytes, ok: true, started_us: 0, ended_us: 1 };
  return [
    ...pieces.map(([offset, text]): Payload => [1, FrameKind.fileContent, encodeFileContent({ id, offset, data: Buffer.from(text) })]),
    [1, FrameKind.file, encodePayload(FrameKind.file, fact)],
  ];
}
