import { connect } from 'node:net';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, aCore, type Answer, type TestCore } from './a-core.js';

let core: TestCore;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  core = await aCore();
  tokens['admin'] = core.admin;
  for (const role of ['auditor', 'user']) {
    await core.call('POST', 'users/users', {
      token: core.admin,
      body: { username: role, role, password: ADMIN_PASSWORD, must_change_password: false },
    });
    tokens[role] = await core.signIn(role, ADMIN_PASSWORD);
  }
});
afterAll(() => core.stop());

/** Sends bytes and returns all that comes back. */
async function raw(request: string): Promise<string> {
  const socket = connect(core.core.httpPort, '127.0.0.1');
  socket.write(request);
  let said = '';
  for await (const data of socket) said += String(data);
  return said;
}

const error = ({ status, json }: Answer): object => ({ status, code: json['error']?.['code'], message: json['error']?.['message'] });

describe('the edge', () => {
  it('answers health without sign-in', async () => {
    expect(await core.call('GET', '/api/health')).toMatchObject({ status: 200, json: { status: 'ok' } });
  });

  it('takes a trailing slash as none, also for a POST', async () => {
    expect((await core.call('GET', 'users/users/', { token: core.admin })).status).toBe(200);
    expect((await core.call('POST', 'authentication/auth/', { body: { username: 'user', password: ADMIN_PASSWORD } })).status).toBe(200);
  });

  it('has one form for every error, with the id that finds it in the log', async () => {
    const answer = await core.call('GET', 'users/users/0190b3c4-0000-7000-8000-00000000dead', {
      token: core.admin,
      headers: { 'x-request-id': 'my-request-1' },
    });
    expect(answer.status).toBe(404);
    expect(answer.json).toEqual({
      error: {
        code: 'USER_NOT_FOUND',
        message: 'User "0190b3c4-0000-7000-8000-00000000dead" was not found',
        request_id: 'my-request-1',
        facts: { user: '0190b3c4-0000-7000-8000-00000000dead' },
      },
    });
    expect(answer.headers.get('x-request-id')).toBe('my-request-1');
    expect(core.log.filter((line) => line.includes('my-request-1') && line.includes('USER_NOT_FOUND'))).toHaveLength(1);
  });

  it('does not let a request id write into the log', async () => {
    const answer = await core.call('GET', '/api/health', { headers: { 'x-request-id': 'a b"{}' } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says what is wrong with a body', async () => {
    const post = (body: unknown, headers = {}): Promise<Answer> => core.call('POST', 'users/users', { token: core.admin, body, headers });
    expect(error(await post('{"username": "x", secret-text'))).toEqual({
      status: 400,
      code: 'INVALID_JSON',
      message: expect.not.stringContaining('secret-text'),
    });
    expect(error(await post(''))).toMatchObject({ status: 400, code: 'INVALID_JSON' });
    expect(error(await post('<user/>', { 'content-type': 'text/xml' }))).toMatchObject({ status: 415, code: 'MEDIA_TYPE_UNSUPPORTED' });
    expect(error(await post(JSON.stringify({ username: 'x'.repeat(1_100_000) })))).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    expect(error(await post({}))).toEqual({ status: 400, code: 'INVALID_REQUEST', message: 'The body is not valid: username is missing' });
    expect(error(await post({ username: 'a b', role: 'root', shoe: 1 }))).toEqual({
      status: 400,
      code: 'INVALID_REQUEST',
      message: expect.stringMatching(/username must begin.*role must be one of: admin, auditor, user.*unknown fields: shoe/),
    });
    expect(error(await post([]))).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
    expect(error(await post('null'))).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
  });

  it('does not quote a password that it refuses', async () => {
    const answer = await core.call('POST', 'users/users', { token: core.admin, body: { username: 'x', password: 'hunter2' } });
    expect(error(answer)).toEqual({
      status: 400,
      code: 'INVALID_REQUEST',
      message: 'The body is not valid: password must have at least 12 characters',
    });
    expect(answer.text).not.toContain('hunter2');
  });

  it('says what is wrong with a query, and does not overlook a misspelt filter', async () => {
    const get = async (query: string): Promise<object> => error(await core.call('GET', `users/users?${query}`, { token: core.admin }));
    expect(await get('limit=many')).toMatchObject({ status: 400, message: 'The query is not valid: limit must be a whole number' });
    expect(await get('offset=')).toMatchObject({ status: 400, message: 'The query is not valid: offset must be a whole number' });
    expect(await get('limit=0')).toMatchObject({ status: 400, message: 'The query is not valid: limit must be at least 1' });
    expect(await get('limit=1001')).toMatchObject({ status: 400, message: 'The query is not valid: limit must be at most 1000' });
    expect(await get('offset=-1')).toMatchObject({ status: 400, message: 'The query is not valid: offset must be at least 0' });
    expect(await get(`search=${'a'.repeat(257)}`)).toMatchObject({
      status: 400,
      message: 'The query is not valid: search must have at most 256 characters',
    });
    expect(await get('search=a&search=b')).toMatchObject({ status: 400, message: 'The query is not valid: search must be given once' });
    expect(await get('usernam=x')).toMatchObject({ status: 400, message: 'The query is not valid: query holds unknown fields: usernam' });
    expect(await get('order=password_hash')).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
  });

  it('does not take a filter that can match nothing, and says what there is', async () => {
    const get = async (path: string): Promise<object> => error(await core.call('GET', path, { token: core.admin }));
    expect(await get('audits/events?type=user.logged-in')).toMatchObject({
      status: 400,
      message: expect.stringMatching(/^The query is not valid: type must be one of: user.created, .*user.signed-in/),
    });
    for (const list of ['audits/events', 'terminal/sessions', 'terminal/commands'])
      expect(await get(`${list}?date_from=2026-02-01T00:00:00Z&date_to=2026-01-01T00:00:00Z`), list).toMatchObject({
        status: 400,
        message: 'The query is not valid: date_to must not be before date_from',
      });
  });

  it('answers an id that is none with 400 and a route that is none with 404', async () => {
    expect(error(await core.call('GET', 'users/users/42', { token: core.admin }))).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
    expect(error(await core.call('GET', 'users/nothing', { token: core.admin }))).toEqual({
      status: 404,
      code: 'ROUTE_NOT_FOUND',
      message: expect.stringContaining('GET /api/v1/users/nothing'),
    });
  });

  it('answers a method that a path does not have with 405 and the methods that it has', async () => {
    for (const [method, path, allow] of [
      ['PUT', 'users/users', 'GET, HEAD, POST'],
      ['POST', 'users/users/0190b3c4-0000-7000-8000-00000000dead', 'DELETE, GET, HEAD, PATCH'],
      ['DELETE', '/api/health', 'GET, HEAD'],
      ['OPTIONS', 'users/users/', 'GET, HEAD, POST'],
      ['QUERY', 'users/users', 'GET, HEAD, POST'],
      ['PATCH', 'users/users/bulk', 'POST'],
      ['GET', 'assets/hosts/bulk', 'POST'],
    ] as const) {
      const answer = await core.call(method, path, { token: core.admin });
      expect(error(answer), path).toEqual({
        status: 405,
        code: 'METHOD_NOT_ALLOWED',
        message: expect.stringContaining(`takes ${allow}`),
      });
      expect(answer.headers.get('allow')).toBe(allow);
    }
  });

  it('has that form for a path that it can’t read, too', async () => {
    for (const [path, status, code] of [
      ['/api/v1/users/users/%zz', 400, 'URL_INVALID'],
      ['/api/v1/users/%E0%A4%A', 400, 'URL_INVALID'],
      [`/api/v1/users/users/${'x'.repeat(200)}`, 414, 'URL_TOO_LONG'],
    ] as const) {
      const said = await raw(`GET ${path} HTTP/1.1\r\nHost: core\r\nAuthorization: Bearer ${core.admin}\r\nConnection: close\r\n\r\n`);
      expect(said).toContain(`HTTP/1.1 ${status} `);
      expect(JSON.parse(said.slice(said.indexOf('{'), said.lastIndexOf('}') + 1))).toMatchObject({
        error: { code, message: expect.any(String), request_id: expect.any(String), facts: {} },
      });
    }
  });

  it('pages with links that work', async () => {
    const first = await core.call('GET', 'users/users?limit=2&order=username', { token: core.admin });
    expect(first.json).toMatchObject({ count: 3, previous: null, results: [{ username: 'admin' }, { username: 'auditor' }] });
    const second = await core.call('GET', String(first.json['next']), { token: core.admin });
    expect(second.json).toMatchObject({ count: 3, next: null, results: [{ username: 'user' }] });
    const back = await core.call('GET', String(second.json['previous']), { token: core.admin });
    expect(back.json['results']).toEqual(first.json['results']);
  });

  it('pages with links that no Host header changes', async () => {
    for (const list of ['users/users', 'terminal/sessions', 'audits/events']) {
      const said = await raw(
        `GET /api/v1/${list}?limit=1&offset=1 HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer ${core.admin}\r\nConnection: close\r\n\r\n`,
      );
      expect(said).toMatch(/^HTTP\/1.1 200/);
      expect(said).not.toContain('evil.example');
      expect(said).toContain(`"previous":"/api/v1/${list}?limit=1&offset=0"`);
    }
  });

  it('survives bytes that are not HTTP', async () => {
    const socket = connect(core.core.httpPort, '127.0.0.1').end('\x16\x03\x01 hello\r\n\r\n');
    const said = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    expect(said).toMatch(/^HTTP\/1.1 400/);
    expect((await core.call('GET', '/api/health')).status).toBe(200);
  });
});

describe('rights', () => {
  interface Operation {
    security: readonly object[];
    'x-right'?: string;
    responses: object;
  }
  const OWN = ['authentication.auth:delete', 'users.profile:view', 'users.profile:update'];
  const AUDIT = [
    'audits.events:view',
    'audits.events:verify',
    'terminal.commands:view',
    'terminal.components:view',
    'terminal.sessions:view',
    'terminal.sessions:replay',
  ];
  /** Returns true if a role has a right. Written a second time, so that a right that moves to another role fails here. */
  const has = (role: string, right: string): boolean =>
    role === 'admin' || OWN.includes(right) || (role === 'auditor' && AUDIT.includes(right));

  it('are held by every route, for every role', async () => {
    const paths = (await core.call('GET', '/api/openapi.json')).json['paths'] as unknown as Record<string, Record<string, Operation>>;
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    const closed = routes.filter(
      ({ operation, path, method }) => operation.security.length > 0 && !(path === '/api/v1/authentication/auth' && method === 'delete'),
    );
    expect(closed.length).toBeGreaterThan(30);
    expect(closed.map(({ operation }) => operation['x-right'] ?? '').filter((right) => !/^[a-z-]+\.[a-z-]+:[a-z]+/.test(right))).toEqual(
      [],
    );
    for (const { path, method, operation } of closed) {
      const url = path.replace(/\{\w+\}/g, '0190b3c4-0000-7000-8000-00000000dead');
      const nobody = await core.call(method.toUpperCase(), url);
      expect(error(nobody), `${method} ${path} by nobody`).toMatchObject({ status: 401, code: 'NOT_SIGNED_IN' });
      for (const role of ['admin', 'auditor', 'user']) {
        const answer = await core.call(method.toUpperCase(), url, { token: tokens[role] ?? '' });
        const mayCall = (operation['x-right'] ?? '').split(' ').every((right) => has(role, right));
        expect(answer.json['error']?.['code'] === 'RIGHT_MISSING', `${method} ${path} by ${role}: ${answer.status} ${answer.text}`).toBe(
          !mayCall,
        );
        expect(answer.status, `${method} ${path} by ${role}: ${answer.text}`).toBeLessThan(mayCall ? 504 : 404);
      }
    }
  });

  it('leave nothing open but signing in, health and the documentation', async () => {
    const paths = (await core.call('GET', '/api/openapi.json')).json['paths'] as unknown as Record<string, Record<string, Operation>>;
    const open = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { security }]) => security.length === 0)
        .map(([method]) => `${method} ${path}`),
    );
    expect(open.sort()).toEqual(['get /api/docs', 'get /api/health', 'get /api/openapi.json', 'post /api/v1/authentication/auth']);
  });
});

describe('the documentation', () => {
  it('names every resource and every reference in it leads somewhere', async () => {
    const { text, json } = await core.call('GET', '/api/openapi.json');
    expect(json['openapi']).toBe('3.1.0');
    for (const path of [
      'users/users',
      'users/users/{id}/ssh-keys',
      'users/profile',
      'assets/hosts',
      'accounts/accounts',
      'perms/asset-permissions',
      'audits/events',
      'terminal/sessions',
      'terminal/commands',
    ])
      expect(Object.keys(json['paths'] ?? {}), path).toContain(`/api/v1/${path}`);
    const schemas = json['components']?.['schemas'] as unknown as Record<string, object>;
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? '');
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) expect(Object.keys(schemas), reference).toContain(reference.replace('#/components/schemas/', ''));
    expect(text).not.toContain('#/$defs/');
  });

  it('is a valid OpenAPI document by the recommended rules of Redocly', async () => {
    const { text } = await core.call('GET', '/api/openapi.json');
    const problems = await lintFromString({ source: text, config: await createConfig({ extends: ['recommended'] }) });
    expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`)).toEqual([]);
  });

  it('has patterns that every generator of clients understands', async () => {
    const { text } = await core.call('GET', '/api/openapi.json');
    const patterns = [...text.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, pattern]) => JSON.parse(pattern ?? '') as string);
    expect(patterns.length).toBeGreaterThan(3);
    for (const pattern of patterns) {
      expect(pattern).not.toMatch(/\\p\{/i); // ECMAScript's alone, with the flag "u" that JSON Schema does not have
      expect(() => new RegExp(pattern), pattern).not.toThrow();
    }
  });

  it('says of every named schema what it holds', async () => {
    const { json } = await core.call('GET', '/api/openapi.json');
    const schemas = json['components']?.['schemas'] as unknown as Record<string, object>;
    for (const [name, schema] of Object.entries(schemas)) expect(Object.keys(schema), name).not.toContain('$ref');
    expect(schemas['Session']).toMatchObject({ type: 'object', properties: { id: {}, user: {}, asset: {}, state: {} } });
  });

  it('can be read in a browser without anything from elsewhere', async () => {
    const { text, headers } = await core.call('GET', '/api/docs');
    expect(headers.get('content-type')).toContain('text/html');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text).toContain('/api/v1/perms/asset-permissions');
    expect(text).not.toMatch(/<script|src=|https?:\/\//);
  });
});
