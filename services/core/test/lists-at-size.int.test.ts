import { aPostgres, asSuperuser, type TestPostgres } from '@sallyport/testkit';
import { SessionListQuery } from '@sallyport/contracts';
import { inOrg, systemCtx } from '@sallyport/context';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataSource, Database } from '../src/database/index.js';
import { DEFAULT_ORG_ID } from '../src/modules/orgs/index.js';
import { SessionRepository } from '../src/modules/sessions/session.repository.js';
import { Sessions } from '../src/modules/sessions/sessions.service.js';
import { coreTemplate } from './core-template.js';

let postgres: TestPostgres;
let dataSource: DataSource;
const SESSIONS = 60_000;
const USER_ID = '0190b3c4-0000-7000-8000-00000000abcd';
beforeAll(async () => {
  postgres = await aPostgres(coreTemplate);
  dataSource = await createDataSource(postgres.coreUrl).initialize();
  await asSuperuser(
    postgres,
    `
    INSERT INTO core.session (id, org_id, user_id, username, asset_id, asset_name, address, port, account_id, account, permission_id, source_ip, gateway_id,
                              recording_mode, date_start, date_lease_expires, state, end_reason, date_end)
    SELECT gen_random_uuid(), '${DEFAULT_ORG_ID}', CASE n WHEN 1 THEN '${USER_ID}' ELSE gen_random_uuid() END, 'u' || n % 2000, gen_random_uuid(), 'srv-' || n % 20000, '10.0.0.1', 22,
           gen_random_uuid(), 'root', gen_random_uuid(), '10.' || n % 250 || '.0.' || n % 200, 'g', 'strict', now() - n * interval '1 minute', now(), 'finished', 'finished', now()
    FROM generate_series(1, ${SESSIONS}) n`,
    'VACUUM ANALYZE core.session',
  );
}, 120_000);
afterAll(async () => {
  await dataSource.destroy();
  await postgres.drop();
});

it.each([
  ['user name', { user: 'u7' }, 30],
  ['user name in another case', { user: 'U7' }, 30],
  ['user name that nobody has', { user: 'never' }, 0],
  ['user id', { user: USER_ID }, 1],
  ['asset name', { asset: 'srv-7' }, 3],
  ['asset name in another case', { asset: 'SRV-7' }, 3],
  ['address of the client', { remote_addr: '10.9.0.9' }, 60],
])('sessions are narrowed by %s without reading all there are', async (_, filter, expected) => {
  const database = new Database(dataSource);
  const sessions = new Sessions(new SessionRepository(database), database);
  const [count, read] = await database.run(inOrg(systemCtx('test'), DEFAULT_ORG_ID), async (inside) => {
    const found = await sessions.list(inside, SessionListQuery.parse({ limit: '20', ...filter }));
    const [rows] = await database.sql<[{ read: string }]>(
      inside,
      `SELECT seq_tup_read + idx_tup_fetch AS read FROM pg_stat_xact_user_tables WHERE relname = 'session'`,
    );
    return [found.count, Number(rows.read)];
  });
  expect(count).toBe(expected);
  expect(read).toBeLessThan(SESSIONS / 100);
});
