import type { Logger } from '@sallyport/telemetry';
import type { CommandStore } from './command-store.js';
import { ElasticsearchStore } from './elasticsearch/elasticsearch-store.js';
import { nullStore } from './null-store.js';
import { PostgresStore } from './postgres/postgres-store.js';

/** Which store, and where it is. */
export type StoreChoice = { readonly kind: 'postgres' | 'elasticsearch'; readonly url: string } | { readonly kind: 'null' };

/** Gives the chosen store; connections are made when they are needed. */
export function openStore(choice: StoreChoice, logger: Logger): CommandStore {
  switch (choice.kind) {
    case 'postgres':
      return new PostgresStore({ url: choice.url, logger });
    case 'elasticsearch':
      return new ElasticsearchStore({ url: choice.url });
    case 'null':
      return nullStore;
  }
}
