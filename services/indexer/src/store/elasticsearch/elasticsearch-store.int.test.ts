import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@elastic/elasticsearch';
import { anElasticsearch, type TestElasticsearch } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutProxy } from '../../../test/cut-proxy.js';
import { aCommand } from '../../../test/a-command.js';
import { commandStoreConformance } from '../command-store.suite.js';
import { StoreUnavailable } from '../store.errors.js';
import { documentFromCommand } from './document-fields.js';
import { ElasticsearchStore } from './elasticsearch-store.js';
import { indexTemplate } from './index-template.js';

/** Settings that keep the shards of an index from every node. */
const NOWHERE = { 'index.routing.allocation.require._name': 'nowhere' };

/** Removes the indices and templates of a test, since the node is shared. */
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

    it('keeps each month in its own index behind the alias, with its mapping, even without a migration', async () => {
      const [march, april] = [aCommand('org-month', {}, 59_999), aCommand('org-month', {}, 60_000)];
      expect(await store.add([march, april])).toEqual(new Map());
      const indices = await client.indices.get({ index: alias });
      expect(Object.keys(indices).sort()).toEqual([`${alias}-2026.03`, `${alias}-2026.04`]);
      expect(indices[`${alias}-2026.03`]?.mappings?.dynamic).toBe('strict');
    });

    it('adds later fields to an index of an older version, and reads its documents', async () => {
      const older = `${alias}-2025.01`;
      const {
        output_truncated: _,
        output_bytes: __,
        certainty: _____,
        ...fields
      } = indexTemplate(alias).template?.mappings?.properties ?? {};
      await client.indices.create({ index: older, aliases: { [alias]: {} }, mappings: { dynamic: 'strict', properties: fields } });
      await client.indices.putMapping({ index: older, dynamic: 'strict' });
      const old = aCommand('org-older', { timestamp: new Date('2025-01-02T00:00:00Z') });
      const { output_truncated: ___, output_bytes: ____, certainty: ______, ...document } = documentFromCommand(old);
      await client.index({ index: older, id: old.id, document, refresh: true });
      await store.migrate();
      const late = aCommand('org-older', { timestamp: new Date('2025-01-03T00:00:00Z'), outputTruncated: true, outputBytes: 9n });
      expect(await store.add([late])).toEqual(new Map());
      await client.indices.refresh({ index: older });
      expect((await store.find({ orgId: 'org-older', limit: 9, offset: 0 })).commands).toEqual([late, old]);
    });

    it('returns the commands that the index refuses, and stores the rest', async () => {
      const [good, bad, alsoGood] = [aCommand('org-rest'), aCommand('org-rest', { seq: 2n ** 64n - 1n }), aCommand('org-rest')];
      const tooLong = aCommand('org-rest', { username: 'é'.repeat(20_000) });
      const failures = await store.add([good, bad, alsoGood, tooLong]);
      expect([...failures.keys()]).toEqual([bad.id, tooLong.id]);
      expect([...failures.values()].map(({ kind }) => kind)).toEqual(['invalid', 'invalid']);
      await client.indices.refresh({ index: alias });
      expect((await store.find({ orgId: 'org-rest', limit: 10, offset: 0 })).commands.map(({ id }) => id).sort()).toEqual(
        [good.id, alsoGood.id].sort(),
      );
    });

    it('puts commands off, without refusing them, while an index is read-only', async () => {
      const blocked = { index: `${alias}-2026.05`, settings: { 'index.blocks.write': true } };
      await client.indices.create(blocked);
      const [may, march] = [aCommand('org-block', { timestamp: new Date('2026-05-05T00:00:00Z') }), aCommand('org-block')];
      const failures = await store.add([may, march]);
      expect([...failures.keys()]).toEqual([may.id]);
      expect(failures.get(may.id)?.kind).toBe('unavailable');
      await client.indices.putSettings({ index: blocked.index, settings: { 'index.blocks.write': false } });
      expect(await store.add([may])).toEqual(new Map());
    });

    it('finds nothing in an index that is being made, and the commands of the others', async () => {
      const freshAlias = `${node.prefix}fresh`;
      const fresh = new ElasticsearchStore({ url: node.url, alias: freshAlias });
      await fresh.migrate();
      const halfMade = (month: string) =>
        client.indices.create({ index: `${freshAlias}-${month}`, settings: NOWHERE, wait_for_active_shards: 0, timeout: '1s' });
      await halfMade('2026.06');
      expect(await fresh.find({ orgId: 'org-fresh', limit: 9, offset: 0 })).toMatchObject({ commands: [], count: 0 });
      const march = aCommand('org-fresh');
      await fresh.add([march]);
      await client.indices.refresh({ index: `${freshAlias}-2026.03` });
      await halfMade('2026.07');
      expect((await fresh.find({ orgId: 'org-fresh', limit: 9, offset: 0 })).commands).toEqual([march]);
      await fresh.close();
    });

    it('is used again after an outage, with its template created again', async () => {
      const proxy = await cutProxy(node.url);
      const far = new ElasticsearchStore({ url: proxy.url, alias });
      expect(await far.add([aCommand('org-cut')])).toEqual(new Map());
      await proxy.cut();
      await expect(far.add([aCommand('org-cut')])).rejects.toThrow(StoreUnavailable);
      await expect(far.check()).rejects.toThrow(StoreUnavailable);
      // Simulates another, empty cluster at the address.
      await client.indices.delete({ index: Object.keys(await client.indices.get({ index: alias })) });
      await client.indices.deleteIndexTemplate({ name: alias });
      await proxy.mend();
      expect(await far.add([aCommand('org-cut')])).toEqual(new Map());
      expect((await client.indices.get({ index: alias }))[`${alias}-2026.03`]?.mappings?.dynamic).toBe('strict');
      await far.close();
      await proxy.cut();
    });

    it('accepts a batch far larger than one request should be', async () => {
      const big = Array.from({ length: 120 }, () => aCommand('org-big', { input: 'dd '.repeat(20_000), output: 'o'.repeat(16_384) }));
      expect(await store.add(big)).toEqual(new Map());
      await client.indices.refresh({ index: alias });
      expect(await store.find({ orgId: 'org-big', limit: 10, offset: 0 })).toMatchObject({ count: 120 });
    });
  });
});

describe('an unreachable Elasticsearch', () => {
  it('is reported without the password', async () => {
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

describe('a cluster that lost a node', () => {
  // Elasticsearch allocates an existing primary again whatever its settings say, so a single node does not lose one: its answers are played.
  it('is unavailable, not empty: the index that is away has commands', async () => {
    const shards = [{ index: 'sallyport-commands-2026.03', prirep: 'p', state: 'UNASSIGNED', 'unassigned.reason': 'NODE_LEFT' }];
    const server = createServer((request, response) => {
      const isSearch = request.url?.includes('_search') === true;
      const isPartOnly = request.url?.includes('-2026.03') === true; // would leave the lost index out
      response
        .writeHead(isSearch && !isPartOnly ? 503 : 200, { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' })
        .end(JSON.stringify(isSearch ? { error: { type: 'search_phase_execution_exception' }, hits: { hits: [] } } : shards));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const store = new ElasticsearchStore({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    await expect(store.find({ orgId: 'o', limit: 1, offset: 0 })).rejects.toThrow(StoreUnavailable);
    await store.close();
    server.close();
  });
});

describe('a server that refuses the indexer', () => {
  const servers: Server[] = [];
  afterAll(() => servers.forEach((server) => server.close()));

  /** Starts a server that authenticates one user, as Elasticsearch does. */
  async function aGuard(headers: Record<string, string>): Promise<string> {
    const right = `Basic ${Buffer.from('sally:p@ss:word').toString('base64')}`;
    const server = createServer((request, response) => {
      const isIn = request.headers.authorization === right;
      response
        .writeHead(isIn ? 200 : 401, { ...headers, 'content-type': 'application/json' })
        .end(JSON.stringify(isIn ? { status: 'green' } : { error: { type: 'security_exception' } }));
    });
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('sends user and password of the URL, and reports a refusal', async () => {
    const place = await aGuard({ 'x-elastic-product': 'Elasticsearch' });
    const [right, wrong] = ['p%40ss%3Aword', 'wrong-word'].map(
      (password) => new ElasticsearchStore({ url: `http://sally:${password}@${place}` }),
    );
    await right?.check();
    const error = await wrong?.check().catch((thrown: unknown) => thrown);
    expect((error as Error).message).toMatch(/refuses our user or password \(status 401\)/);
    expect(String((error as Error).stack)).not.toContain('wrong-word');
    await Promise.all([right?.close(), wrong?.close()]);
  });

  it('is reported if it is not Elasticsearch', async () => {
    const store = new ElasticsearchStore({ url: `http://sally:p%40ss%3Aword@${await aGuard({})}` });
    await expect(store.check()).rejects.toThrow(/is not Elasticsearch/);
    await store.close();
  });
});
