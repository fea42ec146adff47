import {
  indexerMigrateRules,
  indexerRules,
  indexerSettings,
  loadConfig,
  parseConfig,
  type ConfigResult,
  type Environment,
  type StoreSettings,
} from '@sallyport/config';
import type { z } from 'zod';
import type { StoreChoice } from './store/index.js';

export { indexerSettings };

/** Checked settings of a serving indexer. */
export type IndexerConfig = Readonly<z.output<typeof indexerSettings>>;

/** Settings of `migrate`, which calls no other service. */
export type MigrateConfig = Readonly<z.output<typeof indexerMigrateRules>>;

const SCOPE = { prefix: 'INDEXER_' };

/** Reads the settings of a serving indexer; prints every problem and exits with 1. */
export const loadIndexerConfig = (env: Environment = process.env): IndexerConfig => loadConfig(indexerRules, SCOPE, env);

/** Reads the settings of `migrate`; prints every problem and exits with 1. */
export const loadMigrateConfig = (env: Environment = process.env): MigrateConfig => loadConfig(indexerMigrateRules, SCOPE, env);

/** Reads the settings of a serving indexer and returns the problems instead of exiting. */
export const parseIndexerConfig = (env: Environment): ConfigResult<IndexerConfig> => parseConfig(indexerRules, SCOPE, env);

/** Returns the chosen store. */
export function storeChoice(settings: StoreSettings): StoreChoice {
  const { INDEXER_STORE, INDEXER_DATABASE_URL = '', INDEXER_ELASTICSEARCH_URL = '' } = settings;
  switch (INDEXER_STORE) {
    case 'postgres':
      return { kind: 'postgres', url: INDEXER_DATABASE_URL, ownerUrl: settings.INDEXER_MIGRATION_DATABASE_URL };
    case 'elasticsearch':
      return { kind: 'elasticsearch', url: INDEXER_ELASTICSEARCH_URL };
    case 'null':
      return { kind: 'null' };
  }
}
