import type { estypes } from '@elastic/elasticsearch';
import { MAX_LIMIT, MAX_OFFSET } from '../command-store.js';
import type { Command } from '../command.js';
import { PROPERTIES } from './document-fields.js';

/** The alias over all indices; searches use it. */
export const ALIAS = 'sallyport-commands';

/** Returns the index of a command's month (UTC): old commands are deleted by dropping whole indices. */
export const indexFor = (alias: string, { timestamp }: Pick<Command, 'timestamp'>): string =>
  `${alias}-${timestamp.toISOString().slice(0, 7).replace('-', '.')}`;

/** Returns the request that adds later fields to existing indices; existing fields stay. */
export const indexMapping = (alias: string): estypes.IndicesPutMappingRequest => ({
  index: `${alias}-*`,
  allow_no_indices: true,
  properties: PROPERTIES,
});

/** Returns the template that maps every index of `alias` and puts it behind the alias when it is created. */
export const indexTemplate = (alias: string): estypes.IndicesPutIndexTemplateRequest => ({
  name: alias,
  index_patterns: [`${alias}-*`],
  // Above Elasticsearch's built-in templates.
  priority: 500,
  template: {
    aliases: { [alias]: {} },
    settings: {
      number_of_shards: 1,
      auto_expand_replicas: '0-1',
      // With an explicit interval, an index without searches is refreshed too.
      refresh_interval: '1s',
      max_result_window: MAX_OFFSET + MAX_LIMIT + 1,
    },
    mappings: { dynamic: 'strict', properties: PROPERTIES },
  },
});
