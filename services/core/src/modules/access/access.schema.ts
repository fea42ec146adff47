import { z } from 'zod';

const client = z.object({ sourceIp: z.string().min(1).max(64), gatewayId: z.string().min(1).max(128), software: z.string().max(255) });
const token = z.instanceof(Buffer).refine((bytes) => bytes.length <= 4096, 'is longer than 4096 bytes');
const sessionId = z.uuid();
/** A link of the hash chain over the frames of a recording: SHA-256, or empty if it is not known. */
const link = z.instanceof(Buffer).refine((bytes) => bytes.length === 32 || bytes.length === 0, 'must have 0 or 32 bytes');
const LONGEST_ANSWER = 4096;
/** PostgreSQL's largest bigint. */
const MAX_SEQ = 2n ** 63n - 1n;
const lastSeq = z.bigint().max(MAX_SEQ, 'is larger than a session can have');
/** Sessions of one gateway: the largest holds a quarter of these. */
const MAX_SESSIONS = 100_000;
/** Connections of one check of sign-ins; a gateway sends fewer. */
const MAX_SIGN_INS = 10_000;

/** Schemas of the requests of gateways. A text that a user typed is limited in length and not checked further. */
export const schema = {
  authenticate: z.object({
    username: z.string().max(4096),
    client,
    continuation: token,
    proof: z
      .discriminatedUnion('$case', [
        z.object({
          $case: z.literal('publicKey'),
          value: z.object({
            blob: z.instanceof(Buffer).refine((blob) => blob.length > 0 && blob.length <= 16_384, 'must have 1 to 16384 bytes'),
          }),
        }),
        z.object({ $case: z.literal('password'), value: z.string().max(LONGEST_ANSWER) }),
        z.object({ $case: z.literal('answers'), value: z.object({ answers: z.array(z.string().max(LONGEST_ANSWER)).max(8) }) }),
      ])
      .optional(),
  }),
  reportFailedSignIns: z.object({
    gatewayId: z.string().min(1).max(128),
    failures: z
      .array(
        z.object({
          username: z.string().max(4096),
          client,
          methods: z.array(z.string().regex(/^[\x21-\x7e]{1,64}$/)).max(8),
          keysOffered: z.number().int(),
          fingerprints: z.array(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/)).max(16),
          reason: z.string().regex(/^[A-Z][A-Z_]{1,63}$/),
          detail: z.string().max(4096),
        }),
      )
      .max(100),
    omitted: z.number().int(),
  }),
  listGranted: z.object({
    identityToken: token,
    search: z.string().max(256),
    limit: z.number().int().min(1).max(100),
    offset: z.number().int().max(1_000_000),
  }),
  openSession: z.object({
    identityToken: token,
    target: z.object({ asset: z.string().max(1024), account: z.string().max(1024) }),
    client,
    sessionId,
  }),
  reportHostKey: z.object({
    sessionId,
    hostKey: z.object({
      algorithm: z.string().max(128),
      blob: z.instanceof(Buffer).refine((blob) => blob.length <= 16_384, 'is longer than 16384 bytes'),
    }),
  }),
  renewLeases: z.object({
    gatewayId: z.string().min(1).max(128),
    address: z.string().max(300),
    sessionIds: z.array(sessionId).max(MAX_SESSIONS),
    stored: z.array(z.object({ sessionId, lastSeq, link })).max(MAX_SESSIONS),
    digest: z
      .object({
        count: z.number().int().min(0).max(MAX_SESSIONS),
        sha256: z.instanceof(Buffer).refine((hash) => hash.length === 32, 'must have 32 bytes'),
      })
      .optional(),
  }),
  checkSignIns: z.object({
    gatewayId: z.string().min(1).max(128),
    uses: z.array(z.object({ connection: z.bigint(), identityToken: token })).max(MAX_SIGN_INS),
  }),
  closeSession: z.object({
    sessionId,
    reason: z.number(),
    detail: z.string().max(65_536),
    lastSeq,
    link,
    endedAt: z.date().optional(),
  }),
};
