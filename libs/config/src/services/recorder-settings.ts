import { z } from 'zod';
import { port, secret } from '../fields.js';
import { meshSettings } from '../mesh-settings.js';

/** The recorder's settings; names are environment variables. */
export const recorderSettings = z.object({
  ...meshSettings,
  RECORDER_RPC_HOST: z.string().default('127.0.0.1').describe('address that gRPC listens on'),
  RECORDER_RPC_PORT: port().default(7403).describe('port that gRPC listens on'),
  RECORDER_HEALTH_HOST: z.string().default('127.0.0.1').describe('address of /livez, /readyz and /metrics'),
  RECORDER_HEALTH_PORT: port().default(7413).describe('port of /livez, /readyz and /metrics'),
  RECORDER_STORE: z.enum(['fs', 's3', 'null']).describe('where recordings are kept: a folder, an S3-compatible store, or nowhere'),
  RECORDER_FS_DIR: z.string().optional().describe('folder of recordings, for RECORDER_STORE=fs'),
  RECORDER_S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('http(s)://host:port, for RECORDER_STORE=s3'),
  RECORDER_S3_BUCKET: z.string().optional().describe('bucket; it must exist'),
  RECORDER_S3_REGION: z.string().default('us-east-1').describe('region of the bucket'),
  RECORDER_S3_ACCESS_KEY: secret(z.string().optional()).describe('access key'),
  RECORDER_S3_SECRET_KEY: secret(z.string().optional()).describe('secret key'),
  RECORDER_OBJECT_LOCK_DAYS: z.coerce
    .number<string>()
    .int()
    .min(0)
    .max(36_500)
    .default(0)
    .describe(
      'days for which closed recordings and audit anchors are locked against change and removal, for a bucket with object lock; 0: no lock',
    ),
  RECORDER_OBJECT_LOCK_MODE: z
    .enum(['GOVERNANCE', 'COMPLIANCE'])
    .default('GOVERNANCE')
    .describe('GOVERNANCE: an account with the right to bypass can remove them; COMPLIANCE: no account can until the days are over'),
  RECORDER_SIGNING_KEY_FILE: z.string().describe('Ed25519 private key (PKCS#8 PEM) that signs manifests'),
  RECORDER_FORMER_KEYS_FILE: z
    .string()
    .optional()
    .describe('public keys (SPKI PEM, one after the other) of former signing keys: recordings that they signed are still served'),
});

type RecorderSettings = Readonly<z.output<typeof recorderSettings>>;

const NEEDED = {
  fs: ['RECORDER_FS_DIR'],
  s3: ['RECORDER_S3_ENDPOINT', 'RECORDER_S3_BUCKET', 'RECORDER_S3_ACCESS_KEY', 'RECORDER_S3_SECRET_KEY'],
  null: [],
} as const satisfies Record<RecorderSettings['RECORDER_STORE'], readonly (keyof RecorderSettings)[]>;

/** The same, with the settings that the chosen store requires. */
export const recorderRules = recorderSettings.superRefine((config, context) => {
  for (const name of NEEDED[config.RECORDER_STORE]) {
    if (config[name] === undefined)
      context.addIssue({ code: 'custom', path: [name], message: `is needed with RECORDER_STORE=${config.RECORDER_STORE}` });
  }
  if (config.RECORDER_OBJECT_LOCK_DAYS > 0 && config.RECORDER_STORE !== 's3')
    context.addIssue({ code: 'custom', path: ['RECORDER_OBJECT_LOCK_DAYS'], message: 'locks objects only with RECORDER_STORE=s3' });
});
