import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, aCore, type Answer, type TestCore } from './a-core.js';

let core: TestCore;
beforeAll(async () => {
  core = await aCore();
});
afterAll(() => core.stop());

const SIGN_IN = 'authentication/auth';
const MAX_ANSWER = 4096;

const error = ({ status, json }: Answer): object => ({ status, code: json['error']?.['code'], message: json['error']?.['message'] });
const wide = `{${Array.from({ length: 100_000 }, (_, n) => `"${n}":1`).join()}}`;

describe('a caller that is not signed in', () => {
  it.each([
    ['100,000 unknown fields', wide],
    ['half a million lists in lists', `{"username":${'['.repeat(500_000)}${']'.repeat(500_000)},"password":"x"}`],
    ['a password of 1 MB', `{"username":"admin","password":"${'x'.repeat(1_000_000)}"}`],
    ['170,000 escapes', `{"username":"${'\\u0041'.repeat(170_000)}","password":"x"}`],
    ['250,000 numbers', `{"username":[${'1e9,'.repeat(250_000)}1],"password":"x"}`],
  ])('can’t hold the event loop with %s', async (_, body) => {
    const logged = core.log.length;
    for (const token of ['', 'made-up']) {
      const answer = await core.call('POST', SIGN_IN, { body, token });
      // Refused before it is parsed: its size alone decides.
      expect(error(answer)).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE', message: expect.stringContaining('8 KiB') });
      expect(answer.text.length).toBeLessThan(MAX_ANSWER);
    }
    expect(core.log.slice(logged).every((line) => line.length < MAX_ANSWER)).toBe(true);
  });

  it('gets a short answer for a body of the size that it may send', async () => {
    const names = Array.from({ length: 900 }, (_, n) => `"field${n}":1`).join();
    const long = `{"${'n'.repeat(8_000)}":1}`;
    for (const body of [`{${names.slice(0, 8_000)}}`.replace(/,[^,]*}$/, '}'), long]) {
      const logged = core.log.length;
      const answer = await core.call('POST', SIGN_IN, { body });
      expect(error(answer)).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
      expect(answer.text.length).toBeLessThan(1_000);
      expect(core.log.slice(logged).every((line) => line.length < MAX_ANSWER)).toBe(true);
    }
    const said = await core.call('POST', SIGN_IN, {
      body: { username: 'x', password: 'y', a1: 1, a2: 2, a3: 3, a4: 4, a5: 5, a6: 6, a7: 7 },
    });
    expect(error(said)).toMatchObject({ message: 'The body is not valid: body holds unknown fields: a1, a2, a3, a4, a5 and 2 more' });
  });

  it('gets a short answer for a long path', async () => {
    const answer = await core.call('GET', `/api/${'x'.repeat(12_000)}`);
    expect(error(answer)).toMatchObject({ status: 404, code: 'ROUTE_NOT_FOUND' });
    expect(answer.text.length).toBeLessThan(MAX_ANSWER);
  });

  it('can send the longest name and password', async () => {
    const body = { username: 'n'.repeat(256), password: 'pä'.repeat(512) };
    expect((await core.call('POST', SIGN_IN, { body })).status).toBe(401);
  });
});

describe('a signed-in caller', () => {
  it('may send a large body, and gets a short answer for what is wrong in it', async () => {
    const logged = core.log.length;
    const answer = await core.call('POST', 'users/users', { token: core.admin, body: wide });
    expect(error(answer)).toMatchObject({ status: 400, message: expect.stringContaining('and 99995 more') });
    expect(answer.text.length).toBeLessThan(MAX_ANSWER);
    expect(core.log.slice(logged).every((line) => line.length < MAX_ANSWER)).toBe(true);
    expect(error(await core.call('POST', 'users/users', { token: core.admin, body: ' '.repeat(1_100_000) }))).toMatchObject({
      status: 413,
      message: 'The body is larger than 1 MiB',
    });
  });
});

describe('a web page of another site', () => {
  const WRONG = JSON.stringify({ username: 'victim', password: 'wrong' });

  it.each([
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'text/plain; application/json',
    'text/json',
  ])('can’t lock a user out by a form: core does not read %s', async (type) => {
    const forms = [`username=victim&password=wrong`, WRONG, ''];
    for (const body of forms)
      expect(error(await core.call('POST', SIGN_IN, { body, headers: { 'content-type': type } }))).toMatchObject({
        status: 415,
        code: 'MEDIA_TYPE_UNSUPPORTED',
      });
  });

  it('can’t send a change: its origin is refused, whatever the media type', async () => {
    const foreign = [
      ['origin', 'http://evil.example'],
      ['origin', 'null'],
      ['sec-fetch-site', 'cross-site'],
    ];
    for (const header of foreign)
      expect(error(await core.call('POST', SIGN_IN, { body: WRONG, headers: Object.fromEntries([header]) }))).toMatchObject({
        status: 403,
        code: 'ORIGIN_REFUSED',
      });
    const own = { origin: `http://127.0.0.1:${core.core.httpPort}` };
    const body = { username: 'admin', password: ADMIN_PASSWORD };
    expect((await core.call('POST', SIGN_IN, { body, headers: own })).status).toBe(200);
  });

  it('is refused by every route that changes something', async () => {
    const paths = (await core.call('GET', '/api/openapi.json')).json['paths'] as unknown as Record<string, Record<string, object>>;
    for (const [path, methods] of Object.entries(paths))
      for (const method of Object.keys(methods).filter((each) => each !== 'get')) {
        const url = path.replace(/\{\w+\}/g, '0190b3c4-0000-7000-8000-00000000dead');
        const options = { token: core.admin, headers: { origin: 'https://evil.example' } };
        expect((await core.call(method.toUpperCase(), url, options)).status, `${method} ${path}`).toBe(403);
      }
  });
});

describe('a text that PostgreSQL can’t hold or that a terminal obeys', () => {
  interface Schema {
    readonly $ref?: string;
    readonly type?: string;
    readonly anyOf?: readonly Schema[];
    readonly items?: Schema;
    readonly properties?: Readonly<Record<string, Schema>>;
  }
  interface Operation {
    readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
    readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  }
  interface Document {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  }

  /** Returns a body for each text in a schema, with `hostile` as that text and nothing else. */
  function bodiesOf(schema: Schema, hostile: string, { components }: Document): unknown[] {
    const { $ref, anyOf = [], items, properties = {}, type } = schema;
    const inside = (each: Schema | undefined): unknown[] => (each ? bodiesOf(each, hostile, { components, paths: {} }) : []);
    return [
      ...(type === 'string' ? [hostile] : []),
      ...inside($ref === undefined ? undefined : components.schemas[$ref.replace('#/components/schemas/', '')]),
      ...anyOf.flatMap(inside),
      ...inside(items).map((value) => [value]),
      ...Object.entries(properties).flatMap(([name, field]) => inside(field).map((value) => ({ [name]: value }))),
    ];
  }

  const operations = ({ paths }: Document) =>
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path: path.replace(/\{\w+\}/g, '0190b3c4-0000-7000-8000-00000000dead'),
        operation,
      })),
    );
  const readDocument = async (): Promise<Document> => JSON.parse((await core.call('GET', '/api/openapi.json')).text) as Document;

  it('is refused by every filter of every list, and named', async () => {
    let tried = 0;
    for (const { method, path, operation } of operations(await readDocument()))
      for (const { name, in: place, schema } of operation.parameters ?? []) {
        if (place !== 'query' || schema.type !== 'string') continue;
        for (const hostile of ['%00', 'a%00b', '%1B%5B2J', '%C2%9B']) {
          const answer = await core.call(method, `${path}?${name}=${hostile}`, { token: core.admin });
          expect(error(answer), `${path} ${name} ${hostile}`).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
          expect(Object.keys(answer.json['error']?.['facts'] ?? {})).toEqual([name]);
          tried += 1;
        }
        expect((await core.call(method, `${path}?${name}=%ED%A0%80`, { token: core.admin })).status).not.toBe(500);
      }
    expect(tried).toBeGreaterThan(100);
  });

  it('is refused by every field of every body, and named', async () => {
    const document = await readDocument();
    let tried = 0;
    for (const { method, path, operation } of operations(document)) {
      const schema = operation.requestBody?.content['application/json']?.schema;
      for (const hostile of ['nul \0 nul nul', 'half \ud800 of a pair'])
        for (const body of schema ? bodiesOf(schema, hostile, document) : []) {
          const answer = await core.call(method, path, { token: core.admin, body });
          expect(error(answer), `${method} ${path} ${JSON.stringify(body)}`).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
          const [field = ''] = Object.keys(body as object);
          expect(Object.keys(answer.json['error']?.['facts'] ?? {}).join()).toContain(field);
          tried += 1;
        }
    }
    expect(tried).toBeGreaterThan(60);
  });
});
