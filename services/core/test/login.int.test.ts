import { uuidv7 } from '@sallyport/context';
import type { Identity } from '@sallyport/proto-gen/access/v1/authenticate';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { aNats, makeSshKey, withClient, type TestNats } from '@sallyport/testkit';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aCore, type TestCore } from './a-core.js';
import { granted, identity, next, TestGateway } from './a-gateway.js';
import { sentQueries } from './explained-queries.js';
import { aWorkplace } from './some-people.js';

const OPTIONS = { timeoutMs: 20_000 };
const CALLERS = 8;
/** Most statements of a login, with those of the outbox relay, and with one of the indexer, which stores the command. */
const MOST_STATEMENTS = 10;
const OF_INDEXER = 1;
/** Statements of a round of audit links: one round links the events of every login of a tenth of a second. */
const IS_OF_LINKS = /audit_head|audit_link/;
/** Statements of periodic jobs and health checks, which may fall between. */
const IS_OF_JOBS = /audit_anchor|core\.task|component|date_lease_expires <|end_reason AS|DELETE FROM core\.|SELECT 1$/;
/** The relay's read before it publishes, which it also does every second, and its mark of what it published. */
const READ = 'SELECT id, subject, payload';
const MARK = 'UPDATE core.outbox';

let nats: TestNats;
let core: TestCore;
let gateway: TestGateway;
let place: Awaited<ReturnType<typeof aWorkplace>>;

beforeAll(async () => {
  nats = await aNats();
  core = await aCore({ NATS_URL: nats.url }, nats.mesh);
  gateway = new TestGateway(core);
  place = await aWorkplace(core);
  const [algorithm = '', blob = ''] = (await makeSshKey('ed25519', 'host')).publicKey.split(' ');
  const sessionId = await open();
  await gateway.access.unary('reportHostKey', { sessionId, hostKey: { algorithm, blob: Buffer.from(blob, 'base64') } }, OPTIONS);
  await close(sessionId);
});
afterAll(async () => {
  gateway.close();
  await core.stop();
  await nats.remove();
});

const proveKey = async (): Promise<Identity> => {
  expect(next(await gateway.step(place.username)).acceptableKeys).toHaveLength(1);
  return identity(await gateway.publicKey(place.username, place.keyBlob));
};
const open = async (): Promise<string> => granted(await gateway.open(await proveKey(), place.asset, 'root', uuidv7())).sessionId;
const close = (sessionId: string) =>
  gateway.access.unary(
    'closeSession',
    { sessionId, reason: EndReason.FINISHED, detail: '', lastSeq: 9n, link: Buffer.alloc(32, 1), endedAt: new Date() },
    OPTIONS,
  );
const login = async (): Promise<void> => close(await open()).then(() => {});
const allPublished = (): Promise<void> =>
  vi.waitFor(
    () =>
      withClient(core.postgres.coreUrl, async (client) => {
        expect((await client.query('SELECT FROM core.outbox WHERE date_published IS NULL')).rowCount).toBe(0);
      }),
    { timeout: 20_000 },
  );
const finished = async (): Promise<number> =>
  (await core.call('GET', `terminal/sessions?user=${place.username}&state=finished&limit=1`, { token: core.admin })).json['count'] ?? 0;

describe('a login with a command, from the first question to the end of the session', () => {
  it('is at most ten SQL statements with those that publish and store the command, and none waits for the audit chain', async () => {
    await allPublished();
    const source = core.core.app.get(DataSource);
    const sent = (
      await sentQueries(source, async () => {
        await login();
        await allPublished();
      })
    ).map(({ sql }) => sql.replaceAll(/\s+/g, ' ').trim());
    const ofLogin = sent.filter((sql) => !IS_OF_LINKS.test(sql) && !IS_OF_JOBS.test(sql) && !/^(START TRANSACTION|COMMIT)$/.test(sql));
    const begun = sent.filter((sql) => sql === 'START TRANSACTION').length;
    const rounds = sent.filter((sql) => sql.includes('FROM core.audit_head h WHERE h.id = 1 FOR NO KEY UPDATE')).length;
    expect(begun, 'transactions, each a round of audit links').toBeLessThanOrEqual(rounds + 1);
    const [reads, marks] = [ofLogin.filter((sql) => sql.startsWith(READ)).length, ofLogin.filter((sql) => sql.startsWith(MARK)).length];
    expect(marks).toBe(1);
    const count = ofLogin.length - (reads - marks) + OF_INDEXER;
    expect(count, ofLogin.join('\n')).toBeLessThanOrEqual(MOST_STATEMENTS);
    expect(ofLogin.filter((sql) => sql.includes('INSERT INTO core.audit_event'))).toHaveLength(3);
  });

  it('goes on while the head of the audit chain is locked, and its events are linked afterwards', async () => {
    await withClient(core.postgres.coreUrl, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT FROM core.audit_head FOR UPDATE');
      await login();
      await client.query('ROLLBACK');
    });
    expect((await core.call('GET', 'audits/events/chain', { token: core.admin })).json).toMatchObject({ broken_at: null });
    const events = await place.admin.list('audits/events?limit=3');
    expect(events.map(({ type, seq }) => [type, typeof seq])).toEqual([
      ['session.closed', 'number'],
      ['session.opened', 'number'],
      ['user.signed-in', 'number'],
    ]);
  });
});

describe('core alone, with eight callers', () => {
  it('serves every login, and its audit chain is intact', async () => {
    const before = await finished();
    const run = async (count: number): Promise<number> => {
      let left = count;
      const began = performance.now();
      await Promise.all(
        Array.from({ length: CALLERS }, async () => {
          while (left-- > 0) await login();
        }),
      );
      return (count * 1000) / (performance.now() - began);
    };
    await run(80);
    const rate = await run(320);
    process.stdout.write(`core alone, ${CALLERS} callers in its own process: ${rate.toFixed(1)} logins/s\n`);
    expect((await finished()) - before).toBe(400);
    const chain = await core.call('GET', 'audits/events/chain', { token: core.admin });
    expect(chain.json).toMatchObject({ broken_at: null, problem: expect.stringMatching(/^the anchors can’t be read/) });
    expect(chain.json['checked']).toBeGreaterThanOrEqual(3 * 400);
  });
});
