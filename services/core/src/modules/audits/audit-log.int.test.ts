import { inOrg, systemCtx } from '@sallyport/context';
import { aPostgres, type TestPostgres } from '@sallyport/testkit';
import type { DataSource } from 'typeorm';
import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { aChain } from '../../../test/a-chain.js';
import { coreTemplate } from '../../../test/core-template.js';
import { createDataSource, type Database } from '../../database/index.js';
import { AuditEventRepository } from './audit-event.repository.js';
import type { AuditLog } from './audit-log.js';
import { CHAIN_START, hashEvent } from './canonical-event.js';
import type { VerifyChain } from './anchors/verify-chain.service.js';

let postgres: TestPostgres;
let dataSource: DataSource;
let database: Database;
let audit: AuditLog;
let link: () => Promise<void>;
let chain: VerifyChain;
const ctx = inOrg(systemCtx('test'), DEFAULT_ORG_ID);
const event = {
  type: 'user.signed-in',
  outcome: 'success',
  actor: { username: 'alice', sourceIp: '10.0.0.7' },
  facts: { via: 'ssh', tries: 2, ok: true },
} as const;

beforeEach(async () => {
  postgres = await aPostgres(coreTemplate);
  dataSource = await createDataSource(postgres.coreUrl).initialize();
  ({ database, audit, link } = aChain(dataSource));
  // A process that wrote none of the events checks them, before there is an anchor.
  ({ chain } = aChain(dataSource));
  return async () => {
    await dataSource.destroy();
    await postgres.drop();
  };
});

/** Changes that an attacker with the table owner's rights can make. */
async function tamper(...statements: string[]): Promise<void> {
  for (const table of ['audit_event', 'audit_link']) await dataSource.query(`ALTER TABLE core.${table} DISABLE TRIGGER USER`);
  for (const statement of statements) await dataSource.query(statement);
}
const write = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index++) await audit.write(ctx, event);
  await link();
};
const at = (seq: string): string => `id IN (SELECT event_id FROM core.audit_link WHERE seq ${seq})`;
/** Places behind a removed one, moved up; by way of negative ones, because each is unique. */
const movedUp = ['UPDATE core.audit_link SET seq = -(seq - 1) WHERE seq > 2', 'UPDATE core.audit_link SET seq = -seq WHERE seq < 0'];

describe('the audit log', () => {
  it('chains events and finds the chain intact', async () => {
    await write(3);
    expect(await chain.verify(ctx)).toMatchObject({ is_intact: true, checked: 3, broken_at: null, problem: null });
  });

  it('is intact when it is empty', async () => {
    expect(await chain.verify(ctx)).toMatchObject({ is_intact: true, checked: 0, broken_at: null, problem: null });
  });

  it('has no holes or forks however many write at once', async () => {
    await Promise.all(Array.from({ length: 30 }, () => audit.write(ctx, event)));
    expect(await chain.verify(ctx)).toMatchObject({ is_intact: true, checked: 30 });
  });

  it('keeps the trace with the change: both or neither', async () => {
    const failed = database.run(ctx, async (inside) => {
      await audit.write(inside, event);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await chain.verify(ctx)).toMatchObject({ checked: 0 });
    await database.run(ctx, async (inside) => {
      await audit.write(inside, event);
      await audit.write(inside, { ...event, type: 'user.locked' });
    });
    expect(await chain.verify(ctx)).toMatchObject({ is_intact: true, checked: 2 });
  });

  it('refuses to change or remove an event', async () => {
    await write(1);
    for (const statement of [`UPDATE core.audit_event SET actor_name = 'bob'`, 'DELETE FROM core.audit_event', 'TRUNCATE core.audit_event'])
      await expect(dataSource.query(statement), statement).rejects.toThrow('only ever added');
  });

  it.each([
    ['a changed name', [`UPDATE core.audit_event SET actor_name = 'bob' WHERE ${at('= 3')}`], 3, /3 was changed/],
    [
      'a changed fact',
      [`UPDATE core.audit_event SET facts = '{"via": "api", "tries": 2, "ok": true}' WHERE ${at('= 1')}`],
      1,
      /1 was changed/,
    ],
    ['a changed outcome', [`UPDATE core.audit_event SET outcome = 'refused' WHERE ${at('= 5')}`], 5, /5 was changed/],
    ['a removed event', [`DELETE FROM core.audit_event WHERE ${at('= 2')}`], 2, /2 is missing/],
    ['a removed first event', [`DELETE FROM core.audit_event WHERE ${at('= 1')}`], 1, /1 is missing/],
    ['a cut end', [`DELETE FROM core.audit_event WHERE ${at('> 3')}`], 4, /ends at event 3, though 5/],
    ['everything gone', ['DELETE FROM core.audit_event'], 1, /ends at event 0, though 5/],
    [
      'a removed event with the rest moved up',
      [`DELETE FROM core.audit_event WHERE ${at('= 2')}`, 'DELETE FROM core.audit_link WHERE seq = 2', ...movedUp],
      2,
      /2 does not follow/,
    ],
    [
      'two events that changed places',
      ['UPDATE core.audit_link SET seq = -seq WHERE seq IN (2, 3)', 'UPDATE core.audit_link SET seq = 5 + seq WHERE seq < 0'],
      2,
      /2 does not follow/,
    ],
  ])('finds %s', async (_, statements, brokenAt, words) => {
    await write(5);
    await tamper(...statements);
    expect(await chain.verify(ctx)).toMatchObject({
      is_intact: false,
      checked: brokenAt - 1,
      broken_at: brokenAt,
      problem: expect.stringMatching(words),
    });
  });

  it('finds an event that was rewritten with a right hash of its own', async () => {
    await write(3);
    const [row] = await new AuditEventRepository(database).after(ctx, 1n, 1);
    const forged = { ...row!, actorName: 'bob' };
    await tamper(
      `UPDATE core.audit_event SET actor_name = 'bob' WHERE ${at('= 2')}`,
      `UPDATE core.audit_link SET hash = decode('${hashEvent(forged).toString('hex')}', 'hex') WHERE seq = 2`,
    );
    expect(await chain.verify(ctx)).toMatchObject({ is_intact: false, broken_at: 3 });
  });

  it('reads back from the database what it hashed, whatever the characters', async () => {
    await audit.write(ctx, { ...event, actor: { username: 'Zoë “Ω” \u{1F511}' }, facts: { 'ä.b': 'line\nbreak', a: 0.1, z: false } });
    await link();
    const [row] = await new AuditEventRepository(database).after(ctx, 0n, 1);
    expect(row?.prevHash).toEqual(CHAIN_START);
    expect(await chain.verify(ctx)).toMatchObject({ is_intact: true, checked: 1 });
  });
});
