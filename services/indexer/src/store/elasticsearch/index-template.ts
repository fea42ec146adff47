import type { estypes } from '@elastic/elasticsearch';
import { MAX_LIMIT, MAX_OFFSET } from '../command-store.js';
import type { Command } from '../command.js';
import { PROPERTIES } from './document-fields.js';

/** The alias over all indices, which searches ask. */
export const ALIAS = 'sallyport-commands';

/** The index of a command's month (UTC): old commands go by dropping whole indices. */
export const indexFor = (alias: string, { timestamp }: Pick<Command, 'timestamp'>): string =>
  `${alias}-${timestamp.toISOString().slice(0, 7).replace('-', '.')}`;

/** Gives the indices that are there the fields that came later; what they have stays. */
export const indexMapping = (alias: string): estypes.IndicesPutMappingRequest => ({
  index: `${alias}-*`,
  allow_no_indices: true,
  properties: PROPERTIES,
});

/** Gives every index of `alias` its mapping and puts it behind the alias the moment it appears. */
export const indexTemplate = (alias: string): estypes.IndicesPutIndexTemplateRequest => ({
  name: alias,
  index_patterns: [`${alias}-*`],
  // Above the templates that Elasticsearch brings along.
  priority: 500,
  template: {
    aliases: { [alias]: {} },
    settings: {
      number_of_shards: 1,
      auto_expand_replicas: '0-1',
      // Said outright, an index that nobody searches is refreshed too.
      refresh_interval: '1s',
      max_result_window: MAX_OFFSET + MAX_LIMIT + 1,
    },
    mappings: { dynamic: 'strict', properties: PROPERTIES },
  },
});
