import { makePassword } from '@sallyport/keys';
import type { Secret } from './secret-store.js';

/** Suffixes of the Secrets of a trial's own stores. */
export const TRIAL_SECRETS = ['postgres', 'database', 's3'] as const;

/** Makes a Secret of the stores that come with a trial: PostgreSQL's superuser, the services' URLs, and the keys of the S3 server. */
export const trialSecret = (name: string, suffix: (typeof TRIAL_SECRETS)[number]): Secret => ({
  name: `${name}-${suffix}`,
  data: MAKERS[suffix](name),
});

const MAKERS: Readonly<Record<(typeof TRIAL_SECRETS)[number], (name: string) => Record<string, string>>> = {
  postgres: (name) => {
    const password = makePassword();
    return { password, url: url(name, 'postgres', password, 'postgres') };
  },
  database: (name) => ({
    'core-url': url(name, 'core_service', makePassword(), 'sallyport'),
    'core-migration-url': url(name, 'core', makePassword(), 'sallyport'),
    'indexer-url': url(name, 'indexer_service', makePassword(), 'sallyport'),
    'indexer-migration-url': url(name, 'indexer', makePassword(), 'sallyport'),
  }),
  s3: () => {
    const keys = { accessKey: `sallyport${makePassword().slice(0, 8)}`, secretKey: makePassword() };
    const identities = [{ name: 'sallyport', credentials: [keys], actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] }];
    return { 'access-key': keys.accessKey, 'secret-key': keys.secretKey, 'identities.json': JSON.stringify({ identities }) };
  },
};

const url = (name: string, role: string, password: string, database: string): string =>
  `postgres://${role}:${password}@${name}-postgres:5432/${database}`;
