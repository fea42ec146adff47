import { createHash } from 'node:crypto';
import { readAnchor } from '@sallyport/crypto';
import { freePort, withClient } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aCore, type Answer, type TestCore } from './a-core.js';
import { PASSWORD, TestAdmin } from './some-people.js';
import { FakeRecorder } from './some-peers.js';

let core: TestCore;
let recorder: FakeRecorder;
let running: { stop(): Promise<void> };
beforeAll(async () => {
  const port = await freePort();
  core = await aCore({ CORE_RECORDER_ADDRESS: `127.0.0.1:${port}`, CORE_AUDIT_ANCHOR_SECONDS: '1' });
  recorder = new FakeRecorder();
  running = await recorder.start(core, port);
});
afterAll(() => running.stop());

const call = (path: string, token = core.admin): Promise<Answer> => core.call('GET', path, { token });
const chain = async (query = '') => JSON.parse((await call(`audits/events/chain${query}`)).text) as Record<string, unknown>;
const asOwner = (...statements: readonly string[]): Promise<void> =>
  withClient(core.postgres.coreUrl, async (client) => {
    for (const statement of statements) await client.query(statement);
  });

describe('the audit chain of a running core', () => {
  it('is anchored in the recordings’ store soon after an event', async () => {
    await vi.waitFor(async () => expect(await chain()).toMatchObject({ is_intact: true, is_anchored: true, problem: null }), 10_000);
    const { newest_anchor: newest, checked } = (await chain()) as { newest_anchor: { number: number }; checked: number };
    expect(newest).toMatchObject({ seq: checked });
    expect(await chain(`?from_anchor=${newest.number}`)).toMatchObject({ is_intact: true, checked, anchor_count: 1 });
    expect((await call('audits/events/chain?from_anchor=0')).status).toBe(400);
  });

  it('is exported line by line as it was hashed, and of another organization by hashes alone', async () => {
    const answer = await call('audits/events/export');
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    const lines = answer.text.trimEnd().split('\n');
    const events = JSON.parse((await call('audits/events?order=seq&limit=100')).text) as { results: { seq: number; hash: string }[] };
    expect(lines.slice(0, -1).map((line) => createHash('sha256').update(line).digest('hex'))).toEqual(
      events.results.map(({ hash }) => hash),
    );
    expect(lines.at(-1)).toBe(JSON.stringify({ end: String(events.results.length) }));
    const [seq, id] = [events.results.length + 1, crypto.randomUUID()];
    const last = events.results.at(-1)?.hash;
    const row = `'${id}', '${id}', 'other.secret', 'success', 'system', 'x', '{}', 'r', now()`;
    const columns = 'id, org_id, type, outcome, actor_kind, actor_name, facts, request_id, date_created';
    const place = `${seq}, '${id}', '\\x${last}', '\\x${'ab'.repeat(32)}'`;
    await asOwner(
      'BEGIN',
      `INSERT INTO core.audit_event (${columns}) VALUES (${row})`,
      `INSERT INTO core.audit_link (seq, event_id, prev_hash, hash) VALUES (${place})`,
      'COMMIT',
    );
    const withheld = { withheld: { seq: String(seq), prev_hash: last, hash: 'ab'.repeat(32) } };
    const { text } = await call('audits/events/export');
    expect(text.trimEnd().split('\n').at(-2)).toBe(JSON.stringify(withheld));
    expect(text).not.toContain('other.secret');
    await asOwner(
      'ALTER TABLE core.audit_event DISABLE TRIGGER USER',
      'ALTER TABLE core.audit_link DISABLE TRIGGER USER',
      `DELETE FROM core.audit_event WHERE id = '${id}'`,
      `DELETE FROM core.audit_link WHERE seq = ${seq}`,
      'ALTER TABLE core.audit_event ENABLE TRIGGER USER',
      'ALTER TABLE core.audit_link ENABLE TRIGGER USER',
    );
  });

  it('is exported to an auditor, and to a user it is not', async () => {
    const admin = new TestAdmin(core);
    for (const [username, role, status] of [
      ['anna', 'auditor', 200],
      ['ulf', 'user', 403],
    ] as const) {
      await admin.create('users/users', { username, role, password: PASSWORD, must_change_password: false });
      expect((await call('audits/events/export', await core.signIn(username, PASSWORD))).status).toBe(status);
    }
  });

  it('shows that the owner of the database cut the newest events and corrected the head', async () => {
    const { checked } = (await chain()) as { checked: number };
    for (let tries = 0; tries < 3; tries++) await core.signIn('traitor-trace', 'wrong');
    expect((await chain())['checked']).toBeGreaterThan(checked);
    await asOwner(
      'ALTER TABLE core.audit_event DISABLE TRIGGER USER',
      'ALTER TABLE core.audit_link DISABLE TRIGGER USER',
      `DELETE FROM core.audit_event WHERE id NOT IN (SELECT event_id FROM core.audit_link WHERE seq <= ${checked})`,
      `DELETE FROM core.audit_link WHERE seq > ${checked}`,
      `UPDATE core.audit_head SET (seq, hash) = (SELECT seq, hash FROM core.audit_link WHERE seq = ${checked})`,
      'ALTER TABLE core.audit_event ENABLE TRIGGER USER',
      'ALTER TABLE core.audit_link ENABLE TRIGGER USER',
    );
    expect(await chain()).toMatchObject({ is_intact: false, broken_at: checked + 1, problem: expect.stringContaining('missing') });
  });

  it('is anchored once more at an orderly stop, and each anchor is in the log', async () => {
    await core.signIn('admin', 'wrong');
    await core.stop();
    const logged = core.log
      .filter((line) => line.includes('"kind":"audit-anchor"'))
      .map((line) => JSON.parse(line) as { audit_anchor: string });
    const stored = [...recorder.bucket.anchors].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, envelope]) => envelope.toString());
    expect(logged.map(({ audit_anchor: envelope }) => envelope)).toEqual(stored);
    expect(() => readAnchor(Buffer.from(stored[0]!), [])).toThrow('It was signed with key');
  });
});
