import { z } from 'zod';
import { booleanText, peerAddress, port, secret, seconds } from '../fields.js';
import { meshSettings } from '../mesh-settings.js';

const sealingKeys = z.object({
  active: z.string().describe('id of the key that seals new secrets'),
  keys: z.record(z.string(), z.base64()).describe('key-encryption keys by id: 32 bytes each, in base64'),
});

/** The JSON text of the sealing keys' file, read. */
const sealingKeysText = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(sealingKeys);

const postgresUrl = () => z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://');

/** Core's settings (`secret` goes outermost: what zod chains behind it is another schema), by environment variable. */
export const coreSettings = z.object({
  ...meshSettings,
  CORE_HTTP_HOST: z.string().default('127.0.0.1').describe('where the REST API listens'),
  CORE_HTTP_PORT: port().default(8080).describe('port of the REST API'),
  CORE_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must begin with https:// or http://' })
    .optional()
    .describe('URL that browsers reach the REST API at: only its pages may send changes; absent: pages of the host that a request names'),
  CORE_RPC_HOST: z.string().default('127.0.0.1').describe('where gRPC listens'),
  CORE_RPC_PORT: port().default(7401).describe('port of gRPC'),
  CORE_HEALTH_HOST: z.string().default('127.0.0.1').describe('where /livez, /readyz and /metrics are'),
  CORE_HEALTH_PORT: port().default(7411).describe('port of /livez, /readyz and /metrics'),
  CORE_DATABASE_URL: secret(
    postgresUrl().describe('PostgreSQL, as the role of the running core, which owns nothing: `migrate` grants it its rights'),
  ),
  CORE_MIGRATION_DATABASE_URL: secret(
    postgresUrl()
      .optional()
      .describe('PostgreSQL, as the role that owns the schema core; only `migrate` needs it. Absent: CORE_DATABASE_URL'),
  ),
  CORE_DATABASE_AS_OWNER: booleanText()
    .default(false)
    .describe('true: core may log in as a role that can change audit events; the database does not protect them then'),
  CORE_SEALING_KEYS: secret(
    sealingKeysText.describe('keys that seal secrets at rest, as JSON {"active": "k1", "keys": {"k1": "<base64>"}}'),
  ),
  CORE_RECORDER_ADDRESS: peerAddress().default('127.0.0.1:7403').describe('gRPC of the recorder'),
  CORE_INDEXER_ADDRESS: peerAddress().default('127.0.0.1:7404').describe('gRPC of the indexer'),
  CORE_AUDIT_SIGNING_KEY_FILE: z.string().describe('Ed25519 private key (PKCS#8 PEM) that signs the anchors of the audit chain'),
  CORE_AUDIT_FORMER_KEYS_FILE: z
    .string()
    .optional()
    .describe('public keys (SPKI PEM, one after the other) of former signing keys: anchors that they signed are still valid'),
  CORE_AUDIT_ANCHOR_SECONDS: seconds()
    .pipe(z.number().min(1).max(3600))
    .default(60)
    .describe('longest time until a new audit event is anchored in the recordings’ store'),
  CORE_UNKNOWN_HOST_KEYS: z
    .enum(['pin', 'refuse'])
    .default('pin')
    .describe('a first host key of an asset that has none: `pin` trusts it from then on, `refuse` waits until an admin has approved it'),
  CORE_LEASE_SECONDS: seconds()
    .pipe(z.number().min(2).max(600))
    .default(30)
    .describe('sessions whose gateway is silent for this long are lost'),
  CORE_NAME_TERMINATING_ADMIN: booleanText()
    .default(false)
    .describe('true: a user reads at the terminal which administrator terminated the session; the session and the audit log say it always'),
  CORE_FIRST_ADMIN_PASSWORD: secret(
    z.string().min(12).optional().describe('first password of the user admin, to be changed at the first sign-in; absent: a random one'),
  ),
  CORE_ADMIN_PASSWORD_FILE: z
    .string()
    .optional()
    .describe('file that a first start writes the admin’s random password to; absent: printed once'),
});
