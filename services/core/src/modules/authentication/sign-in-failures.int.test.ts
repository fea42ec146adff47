import { inOrg, systemCtx } from '@sallyport/context';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCore, type TestCore } from '../../../test/a-core.js';
import { aWorkplace, TestAdmin, type Row } from '../../../test/some-people.js';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { SignIn, SignInFailures } from './index.js';

let core: TestCore;
let failures: SignInFailures;
beforeAll(async () => {
  core = await aCore();
  failures = core.core.app.get(SignInFailures, { strict: false });
});
afterAll(() => core.stop());

const ctx = inOrg(systemCtx('test'), DEFAULT_ORG_ID);
let nextSource = 0;
const aSource = (): string => `198.19.0.${(nextSource += 1)}`;
const fail = (sourceIp: string, username: string, reason = 'wrong password') =>
  failures.count(ctx, { type: 'user.sign-in-refused', username, sourceIp, reason, facts: { via: 'ssh', method: 'password' } });
const eventsOf = (source: string): Promise<Row[]> =>
  new TestAdmin(core).list(`audits/events?type=user.sign-in-refused&source_ip=${source}&order=seq&limit=1000`);
const sql = <T>(text: string): Promise<T> => core.core.app.get(DataSource).query<T>(text);
/** Ends the windows of all failures so far. */
const endWindows = async (): Promise<number> => {
  await sql(`UPDATE core.sign_in_failure SET date_first = date_first - interval '11 minutes'`);
  return failures.summarize(ctx);
};
/** Returns the number of attempts that events state. */
const attemptsIn = (events: readonly Row[]): number => events.reduce((sum, { facts }) => sum + Number(facts['repeats'] ?? 1), 0);

describe('an anonymous client that floods the audit log', () => {
  it('with one name writes two events, whose counts add up', async () => {
    const source = aSource();
    for (let attempt = 0; attempt < 200; attempt += 20) await Promise.all(Array.from({ length: 20 }, () => fail(source, 'flood')));
    expect(await eventsOf(source)).toMatchObject([
      { outcome: 'refused', actor: { name: 'flood' }, facts: { via: 'ssh', method: 'password', reason: 'wrong password' } },
    ]);
    await endWindows();
    const events = await eventsOf(source);
    expect(events).toMatchObject([{}, { actor: { name: 'flood', source_ip: source }, facts: { reason: 'wrong password', repeats: 199 } }]);
    expect(attemptsIn(events)).toBe(200);
  });

  it('with very many names writes a bounded number of events, and the counts still add up', async () => {
    const source = aSource();
    for (let name = 0; name < 600; name += 20)
      await Promise.all(Array.from({ length: 20 }, (_, index) => fail(source, `name-${name + index}`)));
    await endWindows();
    const events = await eventsOf(source);
    expect(events.length).toBeLessThan(64 + 20 + 3);
    expect(attemptsIn(events)).toBe(600);
    expect(events.at(-1)).toMatchObject({ actor: { name: '(other names)' }, facts: { reason: 'many names', repeats: expect.any(Number) } });
  });

  it('does not hide the users that it guesses at behind names that do not exist', async () => {
    const { username } = await aWorkplace(core);
    const source = aSource();
    for (let name = 0; name < 70; name += 1) await fail(source, `noise-${name}`);
    const signIn = core.core.app.get(SignIn, { strict: false });
    await signIn.withPassword(ctx, { username, password: 'a guess', sourceIp: source, via: 'ssh' });
    await endWindows();
    expect((await eventsOf(source)).at(-1)?.facts).toMatchObject({ reason: 'many names', users: [username], has_more_users: false });
  });

  it('over REST, with 12 names of 241 characters at once, writes a small part of its requests', async () => {
    const count = async (): Promise<number> => Number((await sql<[{ n: string }]>('SELECT count(*) AS n FROM core.audit_event'))[0].n);
    const before = await count();
    const send = async (index: number): Promise<void> => {
      for (let attempt = 0; attempt < 20; attempt += 1)
        await core.call('POST', 'authentication/auth', { body: { username: `f${index}${'x'.repeat(240)}`.slice(0, 241), password: 'y' } });
    };
    await Promise.all(Array.from({ length: 12 }, (_, index) => send(index)));
    // Per name: one wrong, one locked, one lock.
    expect((await count()) - before).toBeLessThanOrEqual(12 * 3);
  });

  it('from more sources than are counted one by one writes one event for the rest, with their number', async () => {
    await sql(`INSERT INTO core.sign_in_failure (org_id, type, source, username, reason, attempts, facts, date_first, date_last)
      SELECT '${DEFAULT_ORG_ID}', 'user.sign-in-refused', '2001:db8:' || n || '::/64', 'x', 'y', 1, '{}', now(), now() FROM generate_series(1, 4096) n`);
    for (let index = 0; index < 30; index += 1) await fail(aSource(), `spread-${index}`);
    await endWindows();
    const events = await new TestAdmin(core).list('audits/events?user=(other names)&limit=10');
    const ofRest = events.filter((event) => (event['actor'] as { source_ip: string | null }).source_ip === null);
    expect(attemptsIn(ofRest)).toBe(30);
    expect(ofRest).toHaveLength(2);
  });
});

describe('counted failures', () => {
  it('of another name, source or reason, and of the next window, are events of their own', async () => {
    const [one, two] = [aSource(), aSource()];
    await fail(one, 'alice');
    await fail(one, 'ALICE');
    await fail(one, 'alice', 'locked');
    await fail(one, 'bob');
    await fail(two, 'alice');
    expect((await eventsOf(one)).map(({ facts }) => facts['reason'])).toEqual(['wrong password', 'locked', 'wrong password']);
    expect(await eventsOf(two)).toHaveLength(1);
    await endWindows();
    await fail(two, 'alice');
    expect(await eventsOf(two)).toHaveLength(2);
  });

  it('of one attempt need no summary', async () => {
    const source = aSource();
    await fail(source, 'once');
    await endWindows();
    expect(await eventsOf(source)).toHaveLength(1);
  });

  it('are summarized once by two replicas', async () => {
    const source = aSource();
    await fail(source, 'twice');
    await fail(source, 'twice');
    await sql(`UPDATE core.sign_in_failure SET date_first = date_first - interval '11 minutes'`);
    await Promise.all([failures.summarize(ctx), failures.summarize(ctx)]);
    expect(await eventsOf(source)).toHaveLength(2);
  });

  it('survive a core that dies: the next one writes them', async () => {
    const source = aSource();
    for (let attempt = 0; attempt < 3; attempt += 1) await fail(source, 'late');
    const [{ attempts }] = await sql<[{ attempts: number }]>(`SELECT attempts FROM core.sign_in_failure WHERE source = '${source}'`);
    expect(attempts).toBe(3);
    expect(await failures.summarize(ctx)).toBe(0);
    await endWindows();
    expect(attemptsIn(await eventsOf(source))).toBe(3);
  });
});
