import { randomUUID } from 'node:crypto';
import { makeSshKey, runSsh, type SshTarget } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aWatchedAsset, type WatchedAsset } from './watched-asset.ts';
import { aProduct, type Product } from './product.ts';

let product: Product;
let asset: WatchedAsset;
beforeAll(async () => {
  product = await aProduct({ parts: [] });
  asset = await aWatchedAsset(product);
});
afterAll(async () => {
  await asset.remove();
  await product.remove();
});

/** Creates a user with a key. Returns the login that names the watched asset. */
async function aUser(permission: Record<string, unknown> | undefined): Promise<{ id: string; target: SshTarget }> {
  const user = await product.admin.createUser(`user-${randomUUID().slice(0, 8)}`);
  if (permission)
    await product.admin.post('perms/asset-permissions', {
      name: randomUUID(),
      users: [user.id],
      assets: [asset.id],
      accounts: ['@all'],
      ...permission,
    });
  return { id: user.id, target: await product.as(user, `${asset.account}@${asset.name}`) };
}

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

/** Expects a refusal whose message shows nothing of the asset but what was typed, and no connection to the asset. Returns the message. */
async function expectRefused(target: SshTarget, words: RegExp): Promise<string> {
  const before = asset.dials();
  const result = await runSsh({ ...target, command: 'echo in' });
  expect(result.stdout.toString()).toBe('');
  expect(result.code).toBe(255);
  expect(result.stderr).toMatch(words);
  expect(result.stderr).not.toContain(asset.id);
  expect(result.stderr).not.toContain(String(asset.port));
  expect(asset.dials()).toBe(before);
  return result.stderr;
}

describe('refusals', () => {
  it('do not meet a user with a permission: the refusals below have another reason', async () => {
    const { target } = await aUser({});
    const before = asset.dials();
    expect((await runSsh({ ...target, command: 'echo in' })).stdout.toString()).toBe('in\n');
    expect(asset.dials()).toBe(before + 1);
  });

  it('are the same for an asset without permission and for one that does not exist', async () => {
    const { target } = await aUser(undefined);
    const words = await expectRefused(target, /that you may use/);
    const ghost = await runSsh({ ...target, user: target.user.replace(asset.name, 'ghost-asset'), command: 'echo in' });
    expect(ghost.code).toBe(255);
    const strip = (text: string): string =>
      text
        .replaceAll(/warning:.*\n/gi, '')
        .replaceAll(asset.name, '*')
        .replaceAll('ghost-asset', '*')
        .replaceAll(/[0-9a-f-]{36}/g, '#');
    expect(strip(ghost.stderr)).toBe(strip(words));
  });

  it('refuse an expired permission', async () => {
    const { target } = await aUser({ date_start: inDays(-2), date_expired: inDays(-1) });
    await expectRefused(target, /that you may use/);
  });

  it('refuse a permission that has not begun, and one that is switched off', async () => {
    await expectRefused((await aUser({ date_start: inDays(1), date_expired: inDays(2) })).target, /that you may use/);
    await expectRefused((await aUser({ is_active: false })).target, /that you may use/);
  });

  it('refuse a disabled account', async () => {
    const { target } = await aUser({});
    await product.admin.patch(`accounts/accounts/${asset.accountId}`, { is_active: false });
    try {
      await expectRefused(target, /that you may use/);
    } finally {
      await product.admin.patch(`accounts/accounts/${asset.accountId}`, { is_active: true });
    }
  });

  it('refuse a wrong key, a disabled user and an unknown user with the same message', async () => {
    const { id, target } = await aUser({});
    const wrongKey = await makeSshKey('ed25519', 'e2e');
    const wrong = await expectRefused({ ...target, privateKeyFile: await product.keyFile(wrongKey.privateKey) }, /permission denied/i);
    await product.admin.patch(`users/users/${id}`, { is_active: false });
    const disabled = await expectRefused(target, /permission denied/i);
    const unknown = await expectRefused({ ...target, user: target.user.replace(/^[^@]+/, 'nobody-here') }, /permission denied/i);
    const strip = (text: string): string => text.replaceAll(/warning:.*\n/gi, '').replaceAll(/^\S+@127/gm, '*@127');
    expect(new Set([wrong, disabled, unknown].map(strip)).size).toBe(1);
  });

  it('refuse an asset whose host key changed, and audit it', async () => {
    const { target } = await aUser({});
    expect((await runSsh({ ...target, command: 'echo in' })).stdout.toString()).toBe('in\n');
    await asset.changeHostKey();
    const result = await runSsh({ ...target, command: 'echo in' });
    expect([result.code, result.stdout.toString()]).toEqual([255, '']);
    expect(result.stderr).toMatch(/host key/i);
    expect(await asset.logins()).toBe(0);
    const { results } = await product.admin.get<{ results: { type: string }[] }>('audits/events?limit=50');
    expect(results.some(({ type }) => /host.?key.*changed/i.test(type))).toBe(true);
  });
});
