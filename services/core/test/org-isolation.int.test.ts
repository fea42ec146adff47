import { uuidv7 } from '@sallyport/context';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCore, type TestCore } from './a-core.js';
import { TestAdmin } from './some-people.js';

/** Marks every text of the other organization's rows: it may stand in no answer. */
const MARK = 'foreign-7f3a';

/** Ids of rows of the other organization. */
const foreign = {
  org: uuidv7(),
  host: uuidv7(),
  hostKey: uuidv7(),
  account: uuidv7(),
  permission: uuidv7(),
  session: uuidv7(),
  task: uuidv7(),
};

/** Path → ids of the other organization for its parameters. A new operation with a parameter needs an entry here or in GLOBAL. */
const FOREIGN_IDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/api/v1/accounts/accounts/{id}': { id: foreign.account },
  '/api/v1/accounts/accounts/{id}/test-connectivity': { id: foreign.account },
  '/api/v1/assets/hosts/{id}': { id: foreign.host },
  '/api/v1/assets/hosts/{id}/host-keys': { id: foreign.host },
  '/api/v1/assets/hosts/{id}/host-keys/{key}': { id: foreign.host, key: foreign.hostKey },
  '/api/v1/ops/tasks/{id}': { id: foreign.task },
  '/api/v1/perms/asset-permissions/{id}': { id: foreign.permission },
  '/api/v1/terminal/sessions/{id}': { id: foreign.session },
  '/api/v1/terminal/sessions/{id}/replay': { id: foreign.session },
  '/api/v1/terminal/sessions/{id}/channels': { id: foreign.session },
  '/api/v1/terminal/sessions/{id}/terminate': { id: foreign.session },
};

/** Operations on rows that belong to no organization, each with the reason. */
const GLOBAL: Readonly<Record<string, string>> = {
  '/api/v1/users/users/{id}': 'users belong to the installation',
  '/api/v1/users/users/{id}/ssh-keys': 'users belong to the installation',
  '/api/v1/users/users/{id}/ssh-keys/{key}': 'users belong to the installation',
  '/api/v1/users/users/{id}/unlock': 'users belong to the installation',
};

/** Lists that another service answers: their own tests show that core sends the organization. */
const ANSWERED_BY_A_PEER = ['/api/v1/terminal/commands'];

interface Operation {
  readonly path: string;
  readonly method: string;
}

let core: TestCore;
let admin: TestAdmin;
let operations: Operation[];
let ownHost: string;

beforeAll(async () => {
  core = await aCore();
  admin = new TestAdmin(core);
  ownHost = await admin.create('assets/hosts', { name: 'own', address: '10.0.0.1' });
  await insertForeignRows(core.core.app.get(DataSource));
  const { paths } = (await core.call('GET', '/api/openapi.json')).json as unknown as { paths: Record<string, Record<string, unknown>> };
  operations = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ path, method })));
});
afterAll(() => core.stop());

async function insertForeignRows(dataSource: DataSource): Promise<void> {
  const { org, host, hostKey, account, permission, session, task } = foreign;
  const run = (text: string, parameters: unknown[]) => dataSource.query(text, parameters);
  const hash = Buffer.alloc(32);
  await run('INSERT INTO core.org (id, name) VALUES ($1, $2)', [org, MARK]);
  await run('INSERT INTO core.asset (id, org_id, name, address, port, comment) VALUES ($1, $2, $3, $3, 22, $3)', [host, org, MARK]);
  await run('INSERT INTO core.host_key (id, org_id, asset_id, algorithm, blob, fingerprint) VALUES ($1, $2, $3, $4, $5, $4)', [
    hostKey,
    org,
    host,
    MARK,
    hash,
  ]);
  await run(
    `INSERT INTO core.account (id, org_id, asset_id, name, username, secret_type, sealed_secret) VALUES ($1, $2, $3, $4, $4, 'password', 'sealed')`,
    [account, org, host, MARK],
  );
  await run(`INSERT INTO core.asset_permission (id, org_id, name, accounts, date_start) VALUES ($1, $2, $3, '{@all}', now())`, [
    permission,
    org,
    MARK,
  ]);
  await run(
    `INSERT INTO core.session (id, org_id, user_id, username, asset_id, asset_name, address, port, account_id, account, permission_id, source_ip, gateway_id, recording_mode, date_start, date_lease_expires)
     VALUES ($1, $2, $1, $3, $1, $3, $3, 22, $1, $3, $1, '10.9.9.9', 'gateway', 'strict', now(), now() + interval '1 hour')`,
    [session, org, MARK],
  );
  await run(`INSERT INTO core.task (id, org_id, kind, account_id, detail) VALUES ($1, $2, 'connectivity-test', $3, $4)`, [
    task,
    org,
    account,
    MARK,
  ]);
  await run(
    `INSERT INTO core.audit_event (id, org_id, type, outcome, actor_kind, actor_name, facts, request_id, date_created)
     VALUES ($1, $2, 'user.signed-in', 'success', 'user', $3, '{}', 'r', now())`,
    [uuidv7(), org, MARK],
  );
}

const withIds = (path: string, ids: Readonly<Record<string, string>>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '');
/** Bodies of those requests that an empty one would be refused for. */
const BODIES: Readonly<Record<string, unknown>> = {
  'post /api/v1/assets/hosts/{id}/host-keys': { fingerprint: `SHA256:${'A'.repeat(43)}` },
};
const bodyOf = (method: string, path: string): { body?: unknown } =>
  method === 'get' || method === 'delete' ? {} : { body: BODIES[`${method} ${path}`] ?? {} };

describe('another organization', () => {
  it('is known by this test for every operation with an id in its path', () => {
    const unknown = operations.filter(({ path }) => path.includes('{') && !(path in FOREIGN_IDS) && !(path in GLOBAL));
    expect(unknown, 'add ids of another organization to FOREIGN_IDS').toEqual([]);
  });

  it('is not found by any operation, whatever the method', async () => {
    const checked = operations.filter(({ path }) => path in FOREIGN_IDS);
    expect(checked.length).toBeGreaterThan(10);
    const answers = await Promise.all(
      checked.map(async ({ path, method }) => {
        const answer = await core.call(method.toUpperCase(), withIds(path, FOREIGN_IDS[path] ?? {}), {
          token: core.admin,
          ...bodyOf(method, path),
        });
        return `${method} ${path}: ${answer.status}`;
      }),
    );
    expect(answers.filter((answer) => !answer.endsWith(': 404'))).toEqual([]);
  });

  it('is in no list, search or filter', async () => {
    const lists = operations.filter(
      ({ path, method }) => method === 'get' && !path.includes('{') && path.startsWith('/api/v1/') && !ANSWERED_BY_A_PEER.includes(path),
    );
    expect(lists.length).toBeGreaterThan(6);
    for (const { path } of lists) {
      for (const query of ['', `?search=${MARK}`]) {
        const answer = await core.call('GET', `${path}${query}`, { token: core.admin });
        expect(answer.text, `${path}${query}`).not.toContain(MARK);
        expect([200, 400], `${path}${query}`).toContain(answer.status);
      }
    }
  });

  it('keeps its host keys to itself under the path of an own host', async () => {
    expect((await core.call('DELETE', `assets/hosts/${ownHost}/host-keys/${foreign.hostKey}`, { token: core.admin })).status).toBe(404);
  });

  it('can’t be named by a row of this one', async () => {
    const account = { asset: foreign.host, username: 'root', password: 'secret' };
    expect((await core.call('POST', 'accounts/accounts', { token: core.admin, body: account })).status).toBe(404);
    const permission = { name: 'reaching', assets: [foreign.host] };
    expect((await core.call('POST', 'perms/asset-permissions', { token: core.admin, body: permission })).json['error']).toMatchObject({
      code: 'ASSET_PERMISSION_NAMES_UNKNOWN',
    });
  });

  it.each([
    ['assets/hosts', 'host'],
    ['accounts/accounts', 'account'],
    ['perms/asset-permissions', 'permission'],
  ] as const)('is not found by a bulk request to %s', async (path, kind) => {
    const operations = [{ id: foreign[kind], update: { comment: 'mine now' } }, { delete: foreign[kind] }];
    const answer = await core.call('POST', `${path}/bulk`, { token: core.admin, body: { operations } });
    expect(answer).toMatchObject({ status: 207, json: { results: [{ status: 404 }, { status: 404 }] } });
  });

  it('is unchanged after all of this', async () => {
    const [row] = await core.core.app.get(DataSource).query<{ all: string }[]>(
      `SELECT concat_ws(' ', a.comment, c.username, p.name, s.state, s.date_terminate_asked, k.fingerprint, t.state) AS all
         FROM core.asset a, core.account c, core.asset_permission p, core.session s, core.host_key k, core.task t
         WHERE a.id = $1 AND c.id = $2 AND p.id = $3 AND s.id = $4 AND k.id = $5 AND t.id = $6`,
      [foreign.host, foreign.account, foreign.permission, foreign.session, foreign.hostKey, foreign.task],
    );
    expect(row?.all).toBe(`${MARK} ${MARK} ${MARK} active ${MARK} queued`);
  });
});
