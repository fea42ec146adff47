import type { Logger } from '@sallyport/telemetry';
import type { CommandStore } from './command-store.js';
import { ElasticsearchStore } from './elasticsearch/elasticsearch-store.js';
import { nullStore } from './null-store.js';
import { PostgresStore } from './postgres/postgres-store.js';

/** The chosen driver and its address. */
export type StoreChoice =
  /** `ownerUrl` is for migrations. */
  | { readonly kind: 'postgres'; readonly url: string; readonly ownerUrl?: string | undefined }
  | { readonly kind: 'elasticsearch'; readonly url: string }
  | { readonly kind: 'null' };

/** Returns the chosen store; it connects on demand. */
export function openStore(choice: StoreChoice, logger: Logger): CommandStore {
  switch (choice.kind) {
    case 'postgres':
      return new PostgresStore({ url: choice.url, ownerUrl: choice.ownerUrl, logger });
    case 'elasticsearch':
      return new ElasticsearchStore({ url: choice.url });
    case 'null':
      return nullStore;
  }
}
