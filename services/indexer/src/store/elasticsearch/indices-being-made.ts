import { errors, type Client } from '@elastic/elasticsearch';

/** Returns true for a search that failed because a shard can't be read at present. */
export function isShardAway(error: unknown): boolean {
  return error instanceof errors.ResponseError && error.statusCode === 503;
}

/**
 * Returns the indices of `alias` whose primary shard has never been started since they were created: they contain nothing yet. A shard that
 * is away for another reason has documents, and is not among them.
 */
export async function indicesBeingMade(client: Client, alias: string, timeoutMs: number): Promise<string[]> {
  const columns = { h: 'index,prirep,state,unassigned.reason', format: 'json' } as const;
  const shards = await client.cat.shards({ index: `${alias}-*`, ...columns }, { requestTimeout: timeoutMs });
  const names = shards
    .filter((shard) => shard.prirep === 'p' && shard.state !== 'STARTED' && shard['unassigned.reason'] === 'INDEX_CREATED')
    .flatMap((shard) => (shard.index === undefined ? [] : [shard.index]));
  return [...new Set(names)];
}
