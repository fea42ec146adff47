import { z } from 'zod';
import { port, secret } from '../fields.js';
import { meshSettings } from '../mesh-settings.js';

const postgresUrl = () => z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://');

const ownSettings = {
  INDEXER_RPC_HOST: z.string().default('127.0.0.1').describe('address that gRPC listens on'),
  INDEXER_RPC_PORT: port().default(7404).describe('port that gRPC listens on'),
  INDEXER_HEALTH_HOST: z.string().default('127.0.0.1').describe('address of /livez, /readyz and /metrics'),
  INDEXER_HEALTH_PORT: port().default(7414).describe('port of /livez, /readyz and /metrics'),
  INDEXER_STORE: z
    .enum(['postgres', 'elasticsearch', 'null'])
    .describe('where commands are kept: PostgreSQL, Elasticsearch (8.19 or 9), or nowhere'),
  INDEXER_DATABASE_URL: secret(
    postgresUrl()
      .optional()
      .describe(
        'PostgreSQL, as the role of the running indexer, which owns nothing: `migrate` grants it its rights; for INDEXER_STORE=postgres',
      ),
  ),
  INDEXER_MIGRATION_DATABASE_URL: secret(
    postgresUrl()
      .optional()
      .describe('PostgreSQL, as the role that owns the schema cmdlog; only `migrate` needs it. Absent: INDEXER_DATABASE_URL'),
  ),
  INDEXER_ELASTICSEARCH_URL: secret(
    z
      .string()
      .regex(/^https?:\/\/[^,\s]+(,https?:\/\/[^,\s]+)*$/, 'must be http(s)://[user:password@]host:port, several by comma')
      .optional()
      .describe('nodes of the cluster, comma separated, user and password in the first; for INDEXER_STORE=elasticsearch'),
  ),
};

/** Settings of the indexer; names are environment variables. */
export const indexerSettings = z.object({ ...meshSettings, ...ownSettings });

/** The settings of the store. */
export type StoreSettings = Pick<
  z.output<typeof indexerSettings>,
  'INDEXER_STORE' | 'INDEXER_DATABASE_URL' | 'INDEXER_MIGRATION_DATABASE_URL' | 'INDEXER_ELASTICSEARCH_URL'
>;

const NEEDED = { postgres: 'INDEXER_DATABASE_URL', elasticsearch: 'INDEXER_ELASTICSEARCH_URL', null: undefined } as const satisfies Record<
  StoreSettings['INDEXER_STORE'],
  keyof StoreSettings | undefined
>;

/** Checks that the settings of the chosen store are present. */
function checkStore(config: StoreSettings, context: z.RefinementCtx): void {
  const name = NEEDED[config.INDEXER_STORE];
  if (name && config[name] === undefined)
    context.addIssue({ code: 'custom', path: [name], message: `is needed with INDEXER_STORE=${config.INDEXER_STORE}` });
}

/** The same, with the settings that the chosen store requires. */
export const indexerRules = indexerSettings.superRefine(checkStore);

/** Settings of `migrate`, which calls no other service. */
export const indexerMigrateRules = z.object({ LOG_LEVEL: meshSettings.LOG_LEVEL, ...ownSettings }).superRefine(checkStore);
