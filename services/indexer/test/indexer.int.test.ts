import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { clientOptions, commandRecorded, connectBus, DEAD_STREAM, type Bus } from '@sallyport/bus';
import { CommandKind, type CommandRecorded } from '@sallyport/proto-gen/command/v1/command_event';
import { CommandSearchServiceService, SearchRequest, type SearchResponse } from '@sallyport/proto-gen/command/v1/command_search';
import { createClient, meshCredentials, type RpcClient } from '@sallyport/rpc';
import { createLogger } from '@sallyport/telemetry';
import {
  aNats,
  aPostgres,
  makeMeshCertificates,
  workFolder,
  type MeshIdentity,
  type TestNats,
  type TestPostgres,
  type WorkFolder,
} from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startIndexer, type Indexer } from '../src/compose.js';
import { openStore } from '../src/store/index.js';
import { aCommand } from './a-command.js';
import { cutProxy, type CutProxy } from './cut-proxy.js';

const logger = createLogger({ service: 'indexer-test', level: 'silent' });

let folder: WorkFolder;
let nats: TestNats;
let database: TestPostgres;
let proxy: CutProxy;
let mesh: Record<'core' | 'gateway' | 'indexer', MeshIdentity>;
let indexer: Indexer;
let recorder: Bus;
let core: RpcClient<CommandSearchServiceService>;

beforeAll(async () => {
  [folder, nats, database] = await Promise.all([workFolder('indexer'), aNats(), aPostgres()]);
  proxy = await cutProxy(database.indexerUrl);
  mesh = await makeMeshCertificates(`${folder.path}/mesh`, ['core', 'gateway', 'indexer']);
  const store = openStore({ kind: 'postgres', url: database.indexerUrl }, logger);
  await store.migrate();
  await store.close();
  recorder = connectBus({ ...nats.as('recorder'), logger });
  await start();
});

afterAll(async () => {
  await indexer.stop();
  core.close();
  await recorder.close();
  await nats.remove();
  await proxy.cut();
  await database.drop();
  await folder.remove();
});

/** Starts an indexer that reaches its database through the proxy. */
async function start(): Promise<void> {
  const listen = { host: '127.0.0.1', port: 0 };
  const deps = {
    credentials: meshCredentials(mesh.indexer),
    store: openStore({ kind: 'postgres', url: proxy.url }, logger),
    bus: connectBus({ ...nats.as('indexer'), logger }),
    logger,
  };
  indexer = await startIndexer(deps, { rpc: listen, health: listen });
  core = createClient(CommandSearchServiceService, `127.0.0.1:${indexer.rpcPort}`, {
    credentials: meshCredentials(mesh.core),
    peer: 'indexer',
  });
}

const publish = (...commands: readonly CommandRecorded[]) =>
  Promise.all(commands.map((command) => recorder.publish(commandRecorded, command, { id: command.id })));

const search = (wishes: Partial<SearchRequest>, peer = core): Promise<SearchResponse> =>
  peer.unary('search', SearchRequest.fromPartial({ orgId: 'org-1', limit: 100, ...wishes }), { timeoutMs: 15_000 });

const found = (sessionId: string, count: number): Promise<SearchResponse> =>
  vi.waitFor(
    async () => {
      const answer = await search({ sessionId, limit: 1_000 });
      // Page and count are two queries: a command that arrives between them is counted and not on the page yet.
      expect([answer.count, answer.commands.length]).toEqual([count, count]);
      return answer;
    },
    { timeout: 30_000, interval: 50 },
  );

const health = async (path: string): Promise<{ status: number; body: string }> => {
  const answer = await fetch(`http://127.0.0.1:${indexer.healthPort}${path}`);
  return { status: answer.status, body: await answer.text() };
};

const deadLetters = async () => {
  const connection = await connect(clientOptions(nats.as('nats-operator')));
  const manager = await jetstreamManager(connection);
  const { state } = await manager.streams.info(DEAD_STREAM);
  const last = state.messages > 0 ? await manager.streams.getMessage(DEAD_STREAM, { seq: state.last_seq }) : undefined;
  await connection.close();
  return {
    count: state.messages,
    code: last?.header.get('Sallyport-Dead-Code'),
    id: last?.header.get('Sallyport-Id'),
    reason: last?.header.get('Sallyport-Dead-Reason'),
  };
};

describe('indexer', () => {
  it('finds a recorded command within 5 s, with every field', async () => {
    const command = aCommand('org-1', { sessionId: 's-whole', input: 'systemctl restart nginx', output: 'done' });
    await publish(command);
    const before = performance.now();
    expect((await found('s-whole', 1)).commands).toEqual([command]);
    expect(performance.now() - before).toBeLessThan(5_000);
    expect((await search({ search: 'nginx', user: 'alice', asset: 'web-1', account: 'root', sessionId: 's-whole' })).count).toBe(1);
  });

  it('stores a command that is published twice, even under another event id, once', async () => {
    const command = aCommand('org-1', { sessionId: 's-twice' });
    await publish(command);
    await recorder.publish(commandRecorded, command, { id: 'again-1' });
    await recorder.publish(commandRecorded, { ...command, id: command.id.toUpperCase() }, { id: 'again-2' });
    await publish(aCommand('org-1', { sessionId: 's-twice' }));
    expect((await found('s-twice', 2)).commands.map(({ id }) => id)).toContain(command.id);
  });

  it('makes a dead letter of a command that can never be stored, with the reason and without its input, and stores the rest', async () => {
    const good = Array.from({ length: 20 }, () => aCommand('org-1', { sessionId: 's-rest' }));
    const bad = aCommand('org-1', { id: 'not-a-uuid', sessionId: 's-rest', input: 'typed-words' });
    const unsaid = { ...aCommand('org-1', { sessionId: 's-rest' }), kind: CommandKind.UNSPECIFIED };
    await publish(...good.slice(0, 10), unsaid, ...good.slice(10));
    await found('s-rest', 20);
    await publish(bad);
    await vi.waitFor(
      async () => expect(await deadLetters()).toMatchObject({ count: 2, code: 'COMMAND_INVALID', id: 'not-a-uuid' }),
      10_000,
    );
    expect((await deadLetters()).reason).toMatch(/"not-a-uuid" can't be kept: id: /);
    expect((await deadLetters()).reason).not.toContain('typed-words');
    expect((await health('/metrics')).body).toMatch(/indexer_commands_failed_total\{reason="refused",service="indexer"\} 2/);
  });

  it('stores a command that contains a NUL or an old date', async () => {
    const old = new Date('2001-01-01T00:00:00Z');
    await publish(aCommand('org-1', { sessionId: 's-odd', input: 'printf "a\0b"', output: '\0', timestamp: old }));
    expect((await found('s-odd', 1)).commands[0]).toMatchObject({ input: 'printf "a␀b"', output: '␀', timestamp: old });
  });

  it('lists everything by cursor, each command once', async () => {
    const at = new Date();
    const commands = Array.from({ length: 25 }, () => aCommand('org-1', { sessionId: 's-pages', timestamp: at }));
    await publish(...commands);
    await found('s-pages', 25);
    const ids: string[] = [];
    for (let cursor = '', more = true; more; more = cursor !== '') {
      const page = await search({ sessionId: 's-pages', limit: 10, cursor });
      ids.push(...page.commands.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(ids).toEqual(
      commands
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
  });

  it.each([
    ['no organization', { orgId: '' }, /orgId: is needed/],
    ['no limit', { limit: 0 }, /limit: /],
    ['too large a page', { limit: 1_001 }, /limit: /],
    ['too deep an offset', { offset: 10_001 }, /offset: /],
    ['offset and cursor together', { offset: 5, cursor: 'AQ' }, /offset: excludes cursor/],
    ['too long a search', { search: 'x'.repeat(257) }, /search: /],
    ['a made-up cursor', { cursor: 'page-2' }, /The cursor "page-2" was not returned by a search/],
    ['an unknown risk level', { riskLevel: 9 }, /riskLevel: /],
    ['a NUL', { user: 'a\0b' }, /user: holds a NUL/],
  ])('refuses a search with %s and names the problem', async (_what, wishes, message) => {
    await expect(search(wishes)).rejects.toMatchObject({ kind: 'invalid', message: expect.stringMatching(message) as string });
  });

  it('answers only core', async () => {
    const gateway = createClient(CommandSearchServiceService, `127.0.0.1:${indexer.rpcPort}`, {
      credentials: meshCredentials(mesh.gateway),
      peer: 'indexer',
    });
    await expect(search({}, gateway)).rejects.toMatchObject({ kind: 'forbidden' });
    gateway.close();
  });

  it('loses nothing while the store is unavailable, reports it, and catches up by itself', async () => {
    await publish(...Array.from({ length: 30 }, () => aCommand('org-1', { sessionId: 's-away' })));
    await proxy.cut();
    await publish(...Array.from({ length: 700 }, () => aCommand('org-1', { sessionId: 's-away' })));
    await expect(search({})).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/command store \(PostgreSQL .*\) can't be used now: .*No command is lost/) as string,
    });
    const ready = await health('/readyz');
    expect(ready.status).toBe(503);
    expect(JSON.parse(ready.body)).toMatchObject({ checks: { nats: 'ok', store: expect.stringContaining("can't be used now") as string } });
    await proxy.mend();
    await found('s-away', 730);
    expect((await health('/readyz')).status).toBe(200);
    expect(await deadLetters()).toMatchObject({ count: 2 });
  });

  it('stops in time while the store is unavailable, and the next indexer has everything', async () => {
    await proxy.cut();
    await publish(...Array.from({ length: 50 }, () => aCommand('org-1', { sessionId: 's-stop' })));
    const before = performance.now();
    await indexer.stop();
    expect(performance.now() - before).toBeLessThan(8_000);
    core.close();
    await start(); // with the store still unavailable
    await proxy.mend();
    await found('s-stop', 50);
  });
});
