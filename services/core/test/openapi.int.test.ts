import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCore, type TestCore } from './a-core.js';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly required: boolean; readonly schema: Schema }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, { readonly 'x-error-codes'?: readonly string[] }>>;
}

let core: TestCore;
let operations: { name: string; operation: Operation }[];
let schemas: Readonly<Record<string, Schema>>;
beforeAll(async () => {
  core = await aCore();
  const document = JSON.parse((await core.call('GET', '/api/openapi.json')).text) as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Schema> };
  };
  schemas = document.components.schemas;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  );
});
afterAll(() => core.stop());

const codesOf = (name: string, status: number): readonly string[] =>
  operations.find((each) => each.name === name)?.operation.responses[status]?.['x-error-codes'] ?? [];

describe('the OpenAPI document', () => {
  it('lists the error codes of each refusal, and docs/errors.md has them all', async () => {
    const page = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    for (const { name, operation } of operations)
      for (const [status, { 'x-error-codes': codes }] of Object.entries(operation.responses).filter(([each]) => /^4/.test(each))) {
        if (name.endsWith('/replay') && status === '416') continue;
        expect(codes?.length, `${name} ${status}`).toBeGreaterThan(0);
        for (const code of codes ?? []) expect(page, `${name} ${status}`).toContain(`\`${code}\``);
      }
    expect(codesOf('post /api/v1/assets/hosts', 409)).toEqual(['ASSET_NAME_TAKEN']);
    expect(codesOf('delete /api/v1/users/users/{id}', 409)).toEqual(['LAST_ADMIN', 'OWN_USER_CHANGE']);
    expect(codesOf('delete /api/v1/users/users/{id}', 412)).toEqual(['VERSION_STALE']);
    expect(codesOf('post /api/v1/accounts/accounts/{id}/test-connectivity', 409)).toEqual([]);
  });

  it('lets a request leave out what has a default, and an answer does not', () => {
    for (const [name, { properties = {}, required = [] }] of Object.entries(schemas))
      for (const [field, schema] of Object.entries(properties))
        if (schema.default !== undefined) expect(required, `${name}.${field}`).not.toContain(field);
    for (const { name, operation } of operations)
      for (const { name: field, required, schema } of operation.parameters ?? [])
        if (schema.default !== undefined) expect(required, `${name} ${field}`).toBe(false);
    expect(schemas['HostCreate']?.required).toEqual(['name', 'address']);
    expect(schemas['Host']?.required).toEqual(expect.arrayContaining(['port', 'is_active', 'comment']));
  });

  it('asks for a body where the request needs one', async () => {
    const requires = (name: string): unknown => operations.find((each) => each.name === name)?.operation.requestBody?.required;
    expect(requires('post /api/v1/assets/hosts')).toBe(true);
    expect(requires('patch /api/v1/assets/hosts/{id}')).toBe(false);
    expect(requires('post /api/v1/terminal/sessions/{id}/terminate')).toBe(false);
    expect((await core.call('PATCH', 'users/profile', { token: core.admin })).status).toBe(200);
    expect((await core.call('POST', 'assets/hosts', { token: core.admin })).status).toBe(400);
  });

  it('has JSON alone for bodies, and every other type is a 415 that names it', async () => {
    for (const { name, operation } of operations)
      if (operation.requestBody) expect(Object.keys(operation.requestBody.content), name).toEqual(['application/json']);
    for (const type of [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
      'application/jsonp',
      'nonsense',
    ])
      for (const path of [
        'assets/hosts',
        'authentication/auth',
        'accounts/accounts/0190b3c4-0000-7000-8000-00000000dead/test-connectivity',
      ]) {
        const answer = await core.call('POST', path, { token: core.admin, body: 'name=a&address=b', headers: { 'content-type': type } });
        expect(answer, `${path} ${type}`).toMatchObject({
          status: 415,
          json: { error: { code: 'MEDIA_TYPE_UNSUPPORTED', message: expect.stringContaining('application/json'), facts: {} } },
        });
        expect(answer.headers.get('accept')).toBe('application/json');
      }
  });

  it('says of the accounts of a permission what is taken: a list', async () => {
    const { type, description } = schemas['AssetPermissionCreate']?.properties?.['accounts'] ?? {};
    expect({ type, description }).toEqual({ type: 'array', description: expect.stringMatching(/^A list of login names/) });
    const answer = await core.call('POST', 'perms/asset-permissions', { token: core.admin, body: { name: 'one', accounts: '@all' } });
    expect(answer).toMatchObject({
      status: 400,
      json: { error: { message: 'The body is not valid: accounts must be a list, such as ["root"] or ["@all"]' } },
    });
    const taken = await core.call('POST', 'perms/asset-permissions', { token: core.admin, body: { name: 'one', accounts: ['@all'] } });
    expect(taken).toMatchObject({ status: 201, json: { accounts: ['@all'] } });
  });
});
