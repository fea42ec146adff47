import { Client } from '@elastic/elasticsearch';
import { anElasticsearch, type TestElasticsearch } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCommand, commandStoreConformance } from '../command-store.suite.js';
import { StoreUnavailable } from '../store.errors.js';
import { ElasticsearchStore } from './elasticsearch-store.js';

/** The node is shared: what a test made goes with it. */
async function removeAll({ url, prefix }: TestElasticsearch): Promise<void> {
  const client = new Client({ node: url });
  const names = Object.keys(await client.indices.get({ index: `${prefix}*` }));
  if (names.length > 0) await client.indices.delete({ index: names });
  await client.indices.deleteIndexTemplate({ name: `${prefix}*` });
  await client.close();
}

describe.each([8, 9] as const)('on Elasticsearch %i', (major) => {
  commandStoreConformance(`elasticsearch ${major}`, async () => {
    const node = await anElasticsearch(major);
    const store = new ElasticsearchStore({ url: node.url, alias: `${node.prefix}commands` });
    await store.migrate();
    return {
      store,
      stop: async () => {
        await store.close();
        await removeAll(node);
      },
    };
  });

  describe(`the elasticsearch ${major} command store alone`, () => {
    let node: TestElasticsearch;
    let store: ElasticsearchStore;
    let client: Client;
    let alias: string;
    beforeAll(async () => {
      node = await anElasticsearch(major);
      alias = `${node.prefix}commands`;
      store = new ElasticsearchStore({ url: node.url, alias });
      client = new Client({ node: node.url });
    }, 200_000);
    afterAll(async () => {
      await Promise.all([store.close(), client.close()]);
      await removeAll(node);
    });

    it('keeps each month in an index of its own behind the alias, with its mapping, though nobody migrated', async () => {
      const [march, april] = [aCommand('org-month', {}, 59_999), aCommand('org-month', {}, 60_000)];
      expect(await store.add([march, april])).toEqual(new Map());
      const indices = await client.indices.get({ index: alias });
      expect(Object.keys(indices).sort()).toEqual([`${alias}-2026.03`, `${alias}-2026.04`]);
      expect(indices[`${alias}-2026.03`]?.mappings?.dynamic).toBe('strict');
    });

    it('gives back the commands that the index refuses, and stores the rest', async () => {
      const [good, bad, alsoGood] = [aCommand('org-rest'), aCommand('org-rest', { seq: 2n ** 64n - 1n }), aCommand('org-rest')];
      const tooLong = aCommand('org-rest', { username: 'é'.repeat(20_000) });
      const failures = await store.add([good, bad, alsoGood, tooLong]);
      expect([...failures.keys()]).toEqual([bad.id, tooLong.id]);
      expect([...failures.values()].map(({ kind }) => kind)).toEqual(['invalid', 'invalid']);
      await client.indices.refresh({ index: alias });
      expect((await store.find({ orgId: 'org-rest', limit: 10, offset: 0 })).commands.map(({ id }) => id).sort()).toEqual([good.id, alsoGood.id].sort());
    });

    it('puts commands off, not aside, while an index may not be written to', async () => {
      const blocked = { index: `${alias}-2026.05`, settings: { 'index.blocks.write': true } };
      await client.indices.create(blocked);
      const [may, march] = [aCommand('org-block', { timestamp: new Date('2026-05-05T00:00:00Z') }), aCommand('org-block')];
      const failures = await store.add([may, march]);
      expect([...failures.keys()]).toEqual([may.id]);
      expect(failures.get(may.id)?.kind).toBe('unavailable');
      await client.indices.putSettings({ index: blocked.index, settings: { 'index.blocks.write': false } });
      expect(await store.add([may])).toEqual(new Map());
    });

    it('takes a batch far larger than one request should be', async () => {
      const big = Array.from({ length: 120 }, () => aCommand('org-big', { input: 'dd '.repeat(20_000), output: 'o'.repeat(16_384) }));
      expect(await store.add(big)).toEqual(new Map());
      await client.indices.refresh({ index: alias });
      expect(await store.find({ orgId: 'org-big', limit: 10, offset: 0 })).toMatchObject({ count: 120 });
    });
  });
});

describe('an Elasticsearch that is away', () => {
  it('is said to be so, without the password', async () => {
    const away = new ElasticsearchStore({ url: 'http://elastic:s3cret-word@127.0.0.1:9' });
    for (const attempt of [away.check(), away.add([aCommand('o')]), away.find({ orgId: 'o', limit: 1, offset: 0 })]) {
      const error = await attempt.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StoreUnavailable);
      expect((error as Error).message).toMatch(/Elasticsearch 127\.0\.0\.1:9.*ECONNREFUSED/);
      expect(String((error as Error).stack)).not.toContain('s3cret-word');
    }
    await away.close();
  });
});
