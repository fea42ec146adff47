import { uuidv7 } from '@sallyport/context';
import type { Identity } from '@sallyport/proto-gen/access/v1/authenticate';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { withClient } from '@sallyport/testkit';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aCore, type TestCore } from './a-core.js';
import { identity, TestGateway } from './a-gateway.js';
import { sentQueries, type SentQuery } from './explained-queries.js';
import { aWorkplace, PASSWORD } from './some-people.js';

const SESSIONS = 1_000;
/** Of a quiet renewal: heartbeat, digest, lease, count of changes, sessions that are due. */
const MOST_STATEMENTS = 5;
const IS_OF_RENEWAL = /gateway_lease|gateway_id|access_change|"?core"?\."?component"?" ?\(|unnest\(/;

let core: TestCore;
let source: DataSource;
let gateway: TestGateway;
let place: Awaited<ReturnType<typeof aWorkplace>>;
let ids: string[];

beforeAll(async () => {
  core = await aCore();
  source = core.core.app.get(DataSource);
});
beforeEach(async () => {
  gateway = new TestGateway(core);
  place = await aWorkplace(core);
  const me: Identity = identity(await gateway.publicKey(place.username, place.keyBlob));
  const { sessionId } = await gateway.grant(me, place.asset);
  ids = [sessionId, ...(await copiesOf(sessionId, SESSIONS - 1))];
  // Older than a check looks back.
  await rows(`UPDATE core.session SET date_start = date_start - interval '1 hour' WHERE gateway_id = $1`, [gateway.id]);
  return () => gateway.close();
});
afterAll(() => core.stop());

const rows = <T extends object>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
  withClient(core.postgres.coreUrl, async (client) => (await client.query<T>(sql, parameters)).rows);

/** Adds sessions that are like another but for their ids. */
async function copiesOf(sessionId: string, count: number): Promise<string[]> {
  const made = Array.from({ length: count }, () => uuidv7());
  await rows(
    `INSERT INTO core.session SELECT (json_populate_record(s, json_build_object('id', made.id))).*
     FROM core.session s, unnest($2::uuid[]) AS made (id) WHERE s.id = $1`,
    [sessionId, made],
  );
  return made;
}

/** Returns the number of rows of each table that `work` wrote. */
async function rowsWritten(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const [{ before } = { before: '' }] = await rows<{ before: string }>('SELECT pg_current_xact_id()::text AS before');
  await work();
  const count = (table: string, which = 'true') =>
    `SELECT '${table}' AS name, count(*)::int AS written FROM core.${table} WHERE xmin::text::bigint > $1::bigint AND ${which}`;
  const mine = `id = '${gateway.id}'`;
  const tables = [count('session'), count('gateway_lease'), count('access_change'), count('component', mine)];
  const written = await rows<{ name: string; written: number }>(tables.join(' UNION ALL '), [before]);
  return Object.fromEntries(written.map((table) => [table.name, table.written]));
}

const ofRenewal = (sent: readonly SentQuery[]): string[] => sent.map(({ sql }) => sql).filter((sql) => IS_OF_RENEWAL.test(sql));
const settle = async (): Promise<void> => expect(await gateway.renew(...ids)).toEqual([]);
const named = async (): Promise<string[]> => (await gateway.renewByDigest(...ids)).end.map(({ sessionId }) => sessionId).sort();

describe('a renewal of a thousand sessions', () => {
  it('by digest writes one row for the lease beside the heartbeat, none per session, with five statements', async () => {
    await settle();
    let sent: SentQuery[] = [];
    const written = await rowsWritten(async () => {
      sent = await sentQueries(source, async () => expect(await gateway.renewByDigest(...ids)).toEqual({ end: [], isListNeeded: false }));
    });
    expect(written).toEqual({ session: 0, gateway_lease: 1, access_change: 0, component: 1 });
    expect(ofRenewal(sent).length, ofRenewal(sent).join('\n')).toBeLessThanOrEqual(MOST_STATEMENTS);
    expect(ofRenewal(sent).filter((sql) => sql.includes('unnest('))).toEqual([]);
  });

  it('by list writes no session that is as it was', async () => {
    await settle();
    expect(await rowsWritten(settle)).toMatchObject({ session: 0, gateway_lease: 1 });
  });

  it('by the digest of other sessions renews nothing and asks for the list, which names what is over', async () => {
    await settle();
    const unknown = uuidv7();
    const written = await rowsWritten(async () => {
      expect(await gateway.renewByDigest(...ids, unknown)).toEqual({ end: [], isListNeeded: true });
      expect(await gateway.renewByDigest(...ids.slice(1))).toEqual({ end: [], isListNeeded: true });
    });
    expect(written).toMatchObject({ session: 0, gateway_lease: 0 });
    expect(await gateway.renew(...ids, unknown)).toMatchObject([{ sessionId: unknown, reason: EndReason.LOST }]);
  });

  it('by a list that lacks one settles on the others, and takes it back', async () => {
    await settle();
    expect(await rowsWritten(() => gateway.renew(...ids.slice(1)))).toMatchObject({ session: 1 });
    expect(await gateway.renewByDigest(...ids.slice(1))).toEqual({ end: [], isListNeeded: false });
    expect(await rowsWritten(settle)).toMatchObject({ session: 1 });
    expect(await gateway.renewByDigest(...ids)).toEqual({ end: [], isListNeeded: false });
  });
});

describe('a right that ends between two renewals by digest', () => {
  const ways: [string, EndReason, () => Promise<unknown>][] = [
    [
      'a permission without the user',
      EndReason.PERMISSION_REMOVED,
      () => change(`perms/asset-permissions/${place.permissionId}`, { users: [] }),
    ],
    [
      'a permission without the asset',
      EndReason.PERMISSION_REMOVED,
      () => change(`perms/asset-permissions/${place.permissionId}`, { assets: [] }),
    ],
    ['a disabled user', EndReason.USER_DISABLED, () => change(`users/users/${place.userId}`, { is_active: false })],
    ['a disabled account', EndReason.ACCOUNT_DISABLED, () => change(`accounts/accounts/${place.accountId}`, { is_active: false })],
    ['a disabled asset', EndReason.ASSET_DISABLED, () => change(`assets/hosts/${place.assetId}`, { is_active: false })],
    ['a removed key', EndReason.SIGN_IN_REVOKED, () => rows('DELETE FROM core.user_ssh_key WHERE user_id = $1', [place.userId])],
  ];
  const change = (path: string, body: object) => place.admin.change(path, body);

  it.each(ways)('is seen at once: %s ends every session, and again until they are closed', async (_, reason, spoil) => {
    await settle();
    expect(await named()).toEqual([]);
    await spoil();
    const { end } = await gateway.renewByDigest(...ids);
    expect(end.map(({ sessionId }) => sessionId).sort()).toEqual([...ids].sort());
    expect(new Set(end.map((each) => each.reason))).toEqual(new Set([reason]));
    expect(await named()).toHaveLength(SESSIONS);
  });

  it('ends with time too, without any change', async () => {
    const soon = new Date(Date.now() + 1_500);
    await change(`perms/asset-permissions/${place.permissionId}`, { date_expired: soon.toISOString() });
    await settle();
    await expect.poll(named, { timeout: 10_000 }).toHaveLength(SESSIONS);
    expect(Date.now()).toBeGreaterThanOrEqual(soon.getTime());
  });

  it('of one session alone ends that one: an administrator’s request, its maximum duration', async () => {
    await settle();
    const [asked = '', over = ''] = ids;
    await core.call('POST', `terminal/sessions/${asked}/terminate`, { token: core.admin, body: {} });
    await rows('UPDATE core.session SET date_expires = now() WHERE id = $1', [over]);
    expect(await named()).toEqual([asked, over].sort());
  });

  it('ends a session that was opened during the last check, though nothing was counted since', async () => {
    await settle();
    const [late = ''] = ids;
    await rows('UPDATE core.session SET user_id = $2, date_start = now() WHERE id = $1', [late, uuidv7()]);
    expect(await named()).toEqual([late]);
  });
});

describe('the count of changes', () => {
  const count = async (): Promise<string | undefined> =>
    (await rows<{ generation: string }>('SELECT generation FROM core.access_change'))[0]?.generation;

  it('covers every table that a decision about a live session reads', async () => {
    const checks = (await sentQueries(source, settle)).filter(({ sql }) => sql.includes('unnest($1::uuid[], $'));
    expect(checks).toHaveLength(2);
    const plans = await Promise.all(
      checks.map(({ sql, parameters }) => source.query<object[]>(`EXPLAIN (FORMAT JSON) ${sql}`, parameters)),
    );
    const read = [...JSON.stringify(plans).matchAll(/"Relation Name":"(\w+)"/g)].map(([, table]) => table);
    const counted = await rows<{ name: string }>(
      `SELECT tgrelid::regclass::text AS name FROM pg_trigger WHERE tgfoid = 'core.count_access_change'::regproc GROUP BY tgrelid HAVING count(*) = 2`,
    );
    const names = counted.map(({ name }) => name.replace('core.', '').replaceAll('"', ''));
    expect([...new Set(read)].sort()).toEqual(names.sort());
  });

  it('is raised once by a transaction, and not by a sign-in or a comment', async () => {
    const before = BigInt((await count()) ?? 0);
    await source.transaction(async (manager) => {
      await manager.query('UPDATE core.asset SET comment = $2 WHERE id = $1', [place.assetId, 'moved']);
      await manager.query('UPDATE core."user" SET is_active = NOT is_active WHERE id = $1', [place.userId]);
      await manager.query('UPDATE core."user" SET is_active = NOT is_active WHERE id = $1', [place.userId]);
    });
    expect(await count()).toBe(String(before + 1n));
    await rows('UPDATE core."user" SET date_last_login = now(), comment = $2 WHERE id = $1', [place.userId, 'signed in']);
    await rows('UPDATE core.user_ssh_key SET date_last_used = now() WHERE user_id = $1', [place.userId]);
    expect(await count()).toBe(String(before + 1n));
  });

  it('is raised by another password', async () => {
    const before = BigInt((await count()) ?? 0);
    await place.admin.change(`users/users/${place.userId}`, { password: `${PASSWORD} of another kind` });
    expect(await count()).toBe(String(before + 1n));
  });
});
