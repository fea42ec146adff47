import { generateKeyPairSync } from 'node:crypto';
import { inOrg, systemCtx } from '@sallyport/context';
import { fingerprint, parsePublicKeyBlob, publicKeyFromKeyObject } from '@sallyport/ssh';
import { asSuperuser } from '@sallyport/testkit';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCore, type Answer, type TestCore } from '../../../test/a-core.js';
import { explainedQueries } from '../../../test/explained-queries.js';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { HostKeys } from './index.js';

let core: TestCore;
beforeAll(async () => {
  core = await aCore();
});
afterAll(() => core.stop());

const admin = (method: string, path: string, body?: unknown): Promise<Answer> =>
  core.call(method, path, { token: core.admin, ...(body !== undefined && { body }) });
const codeOf = (answer: Answer): string => `${answer.status} ${answer.json['error']?.['code'] ?? ''}`;
let next = 0;
const aHost = async (given: object = {}): Promise<string> =>
  (await admin('POST', 'assets/hosts', { name: `host-${(next += 1)}`, address: '10.0.0.1', ...given })).json['id'] ?? '';

describe('hosts', () => {
  it('are made, read, changed, listed and removed', async () => {
    const made = await admin('POST', 'assets/hosts', { name: 'web-1', address: 'web-1.example.org' });
    const id = made.json['id'] as string;
    const view = {
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      name: 'web-1',
      address: 'web-1.example.org',
      port: 22,
      is_active: true,
      comment: '',
      org: '00000000-0000-7000-8000-000000000002',
      created_by: 'admin',
      date_created: expect.any(String),
      date_updated: expect.any(String),
    };
    expect(made).toMatchObject({ status: 201, json: view });
    expect((await admin('GET', `assets/hosts/${id}`)).json).toEqual(view);
    expect((await admin('PATCH', `assets/hosts/${id}`, { port: 2222, is_active: false, comment: 'old' })).json).toMatchObject({
      name: 'web-1',
      port: 2222,
      is_active: false,
      comment: 'old',
    });
    expect((await admin('GET', 'assets/hosts?search=WEB-1&is_active=false')).json).toMatchObject({
      count: 1,
      results: [{ id, port: 2222 }],
    });
    expect((await admin('DELETE', `assets/hosts/${id}`)).status).toBe(204);
    for (const method of ['GET', 'DELETE']) expect(codeOf(await admin(method, `assets/hosts/${id}`))).toBe('404 ASSET_NOT_FOUND');
    expect(codeOf(await admin('PATCH', `assets/hosts/${id}`, { port: 1 }))).toBe('404 ASSET_NOT_FOUND');
  });

  it('are found by their name and address in any case, as a login finds them', async () => {
    const id = await aHost({ name: 'Mail-1', address: 'Mail-1.example.org' });
    for (const filter of ['name=mail-1', 'name=MAIL-1', 'address=mail-1.EXAMPLE.org'])
      expect((await admin('GET', `assets/hosts?${filter}`)).json, filter).toMatchObject({ count: 1, results: [{ id }] });
  });

  it('keep an IPv6 address in its canonical spelling and are found by every other', async () => {
    const id = await aHost({ address: '[2001:DB8:0:0::00A0]' });
    const addressOf = async (): Promise<unknown> => (await admin('GET', `assets/hosts/${id}`)).json['address'];
    expect(await addressOf()).toBe('2001:db8::a0');
    for (const address of ['2001:db8::a0', '[2001:db8::a0]', '2001:0DB8:0:0:0:0:0:A0'])
      expect((await admin('GET', `assets/hosts?address=${address}`)).json, address).toMatchObject({ count: 1, results: [{ id }] });
    await admin('PATCH', `assets/hosts/${id}`, { address: '[FE80::0:1%eth0]' });
    expect(await addressOf()).toBe('fe80::1%eth0');
    expect(codeOf(await admin('PATCH', `assets/hosts/${id}`, { address: '1::2::3' }))).toBe('400 INVALID_REQUEST');
  });

  it('have names of their own and ports that exist', async () => {
    const id = await aHost({ name: 'db-1' });
    expect(codeOf(await admin('POST', 'assets/hosts', { name: 'db-1', address: '10.0.0.2' }))).toBe('409 ASSET_NAME_TAKEN');
    await aHost({ name: 'db-2' });
    expect(codeOf(await admin('PATCH', `assets/hosts/${id}`, { name: 'db-2' }))).toBe('409 ASSET_NAME_TAKEN');
    for (const port of [0, 65_536, 22.5, '22'])
      expect(codeOf(await admin('POST', 'assets/hosts', { name: 'x', address: 'x', port })), String(port)).toBe('400 INVALID_REQUEST');
  });
});

describe('host keys', () => {
  const blob = (): Buffer => publicKeyFromKeyObject(generateKeyPairSync('ed25519').publicKey).blob;
  const sessionId = '0190b3c4-0000-7000-8000-00000000beef';
  const judge = (assetId: string, key: Buffer) =>
    core.core.app.get(HostKeys, { strict: false }).judge(inOrg(systemCtx('test'), DEFAULT_ORG_ID), {
      assetId,
      blob: key,
      sessionId,
      by: { actor: { username: 'alice', sourceIp: '10.9.9.9' }, facts: { session: sessionId } },
    });

  it('are pinned at first sight and hold; any other is a change, and both are audited', async () => {
    const id = await aHost();
    const [first, other] = [blob(), blob()];
    expect((await judge(id, first)).verdict).toBe('trusted');
    expect((await judge(id, first)).verdict).toBe('trusted');
    expect((await judge(id, other)).verdict).toBe('changed');
    const keys = (await admin('GET', `assets/hosts/${id}/host-keys`)).json;
    expect(keys).toMatchObject({
      count: 1,
      results: [{ algorithm: 'ssh-ed25519', public_key: `ssh-ed25519 ${first.toString('base64')}`, pinned_by_session: sessionId }],
    });
    const events = (await admin('GET', `audits/events?resource=${id}&order=seq`)).json['results'];
    expect(events).toMatchObject([
      { type: 'asset.created' },
      { type: 'host-key.pinned', outcome: 'success', actor: { name: 'alice', source_ip: '10.9.9.9' } },
      { type: 'host-key.changed', outcome: 'refused' },
    ]);
  });

  it('of two that come first at once one is pinned and the other is a change', async () => {
    const id = await aHost();
    const verdicts = await Promise.all([blob(), blob(), blob()].map((key) => judge(id, key)));
    expect(verdicts.map(({ verdict }) => verdict).sort()).toEqual(['changed', 'changed', 'trusted']);
  });

  it('are unpinned by an admin; then the next one is pinned', async () => {
    const id = await aHost();
    const [old, fresh] = [blob(), blob()];
    await judge(id, old);
    const [key] = (await admin('GET', `assets/hosts/${id}/host-keys`)).json['results'] as unknown as { id: string }[];
    const other = await aHost();
    expect(codeOf(await admin('DELETE', `assets/hosts/${other}/host-keys/${key?.id}`))).toBe('404 HOST_KEY_NOT_FOUND');
    expect((await admin('DELETE', `assets/hosts/${id}/host-keys/${key?.id}`)).status).toBe(204);
    expect((await judge(id, fresh)).verdict).toBe('trusted');
    expect((await judge(id, old)).verdict).toBe('changed');
  });

  it('are approved by an admin beforehand, whole or by fingerprint; then any other is a change', async () => {
    for (const given of [
      (key: Buffer) => ({ public_key: `ssh-ed25519 ${key.toString('base64')} root@web` }),
      (key: Buffer) => ({ fingerprint: fingerprint(parsePublicKeyBlob(key)) }),
      (key: Buffer) => ({ fingerprint: `256 ${fingerprint(parsePublicKeyBlob(key))} root@web (ED25519)` }),
      // As a file or a program's output is, with the end of its line.
      (key: Buffer) => ({ public_key: `ssh-ed25519 ${key.toString('base64')} root@web\n` }),
      (key: Buffer) => ({ fingerprint: `256 ${fingerprint(parsePublicKeyBlob(key))} root@web (ED25519)\r\n` }),
    ]) {
      const [id, key] = [await aHost(), blob()];
      const made = await admin('POST', `assets/hosts/${id}/host-keys`, given(key));
      expect(made, made.text).toMatchObject({
        status: 201,
        json: { fingerprint: fingerprint(parsePublicKeyBlob(key)), pinned_by_session: null },
      });
      expect(codeOf(await admin('POST', `assets/hosts/${id}/host-keys`, given(key)))).toBe('409 HOST_KEY_TAKEN');
      expect(await judge(id, blob())).toMatchObject({ verdict: 'changed', problem: expect.stringContaining('its pinned keys are') });
      expect((await judge(id, key)).verdict).toBe('trusted');
      const keys = (await admin('GET', `assets/hosts/${id}/host-keys`)).json;
      expect(keys).toMatchObject({
        count: 1,
        results: [{ algorithm: 'ssh-ed25519', public_key: `ssh-ed25519 ${key.toString('base64')}` }],
      });
      const events = (await admin('GET', `audits/events?resource=${id}&type=host-key.pinned`)).json['results'];
      expect(events).toMatchObject([{ outcome: 'success', actor: { name: 'admin' } }]);
    }
  });

  it('that can not be read are not approved', async () => {
    const id = await aHost();
    const post = (body: object, to = id): Promise<Answer> => admin('POST', `assets/hosts/${to}/host-keys`, body);
    expect(codeOf(await post({ public_key: 'ssh-ed25519 nonsense' }))).toBe('400 HOST_KEY_INVALID');
    expect(codeOf(await post({ fingerprint: 'MD5:16:27' }))).toBe('400 HOST_KEY_INVALID');
    const two = [blob(), blob()].map((key) => `256 ${fingerprint(parsePublicKeyBlob(key))} root@web (ED25519)`);
    expect(codeOf(await post({ fingerprint: two.join('\n') }))).toBe('400 HOST_KEY_INVALID');
    expect(codeOf(await post({}))).toBe('400 INVALID_REQUEST');
    const key = { public_key: `ssh-ed25519 ${blob().toString('base64')}` };
    expect(codeOf(await post(key, '0190b3c4-0000-7000-8000-00000000dead'))).toBe('404 ASSET_NOT_FOUND');
  });

  it('that are none are refused', async () => {
    const id = await aHost();
    await expect(judge(id, Buffer.from('nonsense'))).rejects.toMatchObject({ code: 'HOST_KEY_INVALID' });
    await expect(judge('0190b3c4-0000-7000-8000-00000000dead', blob())).rejects.toMatchObject({ code: 'ASSET_NOT_FOUND' });
  });
});

describe('searching among 60,000 hosts', () => {
  beforeAll(async () => {
    await asSuperuser(
      core.postgres,
      `INSERT INTO core.asset (id, org_id, name, address, port, comment)
      SELECT gen_random_uuid(), '${DEFAULT_ORG_ID}', 'srv-' || md5(n::text), md5('a' || n) || '.example.org', 22, 'rack ' || n FROM generate_series(1, 60000) n`,
      'VACUUM ANALYZE core.asset',
    );
  }, 120_000);

  it('finds a part of name, address or comment by the index, without reading all', async () => {
    await aHost({ name: 'needle-in-it', address: 'needle.example.com', comment: 'the needle' });
    const queries = await explainedQueries(core.core.app.get(DataSource), 'asset', async () => {
      expect((await admin('GET', 'assets/hosts?search=NEEDLE')).json).toMatchObject({ count: 1, results: [{ name: 'needle-in-it' }] });
    });
    expect(queries).not.toEqual([]);
    for (const { sql, plan } of queries) {
      expect(plan, sql).toContain('asset_search_ix');
      expect(plan, sql).not.toMatch(/Seq Scan on asset\b/);
    }
  });
});
