import { createPrivateKey, X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { keepSecrets, KINDS, secretNames, type Kind } from './keep-secrets.js';
import type { Secret, SecretStore } from './secret-store.js';

const DAY_MS = 86_400_000;
const START = new Date('2026-01-01T00:00:00Z');

let secrets: Map<string, Secret>;
let lines: string[];
beforeEach(() => {
  secrets = new Map();
  lines = [];
});

const store: SecretStore = {
  get: async (name) => secrets.get(name),
  create: async (secret) => !secrets.has(secret.name) && Boolean(secrets.set(secret.name, secret)),
  replace: async (secret) => void secrets.set(secret.name, secret),
  delete: async (name) => secrets.delete(name),
};

const keep = (kinds: readonly Kind[], afterDays = 0): Promise<void> =>
  keepSecrets(store, { name: 'sp', kinds, days: 90, now: new Date(START.getTime() + afterDays * DAY_MS) }, (line) => lines.push(line));

const value = (secret: string, key: string): string => secrets.get(secret)?.data[key] ?? '';
const certificate = (identity: string): X509Certificate => new X509Certificate(value(`sp-mesh-${identity}`, 'tls.crt'));

describe('the keys of an installation', () => {
  it('are made once, under the names that delete-keys knows; a second run keeps every one', async () => {
    await keep(KINDS);
    expect([...secrets.keys()].toSorted()).toEqual(secretNames('sp', KINDS).toSorted());
    const before = new Map(secrets);
    lines = [];
    await keep(KINDS);
    expect(secrets).toEqual(before);
    expect(lines.filter((line) => !line.endsWith('is kept'))).toEqual([]);
  });

  it('never reach the output', async () => {
    await keep(KINDS);
    const values = [...secrets.values()].flatMap(({ data: { username: _public, ...data } }) => Object.values(data));
    for (const text of values) expect(lines.join('\n')).not.toContain(text);
  });

  it('keep an admin password that an operator chose', async () => {
    secrets.set('sp-admin', { name: 'sp-admin', data: { password: 'chosen by hand' } });
    await keep(['admin']);
    expect(value('sp-admin', 'password')).toBe('chosen by hand');
  });
});

describe('mesh certificates', () => {
  it('are for the service’s name, signed by one authority, with their own key', async () => {
    await keep(['mesh']);
    const authority = new X509Certificate(value('sp-mesh-ca', 'tls.crt'));
    expect(certificate('core').checkIssued(authority)).toBe(true);
    expect(certificate('core').checkHost('core')).toBe('core');
    expect(certificate('core').checkHost('gateway')).toBeUndefined();
    expect(certificate('core').checkPrivateKey(createPrivateKey(value('sp-mesh-core', 'tls.key')))).toBe(true);
    expect(value('sp-mesh-core', 'ca.crt')).toBe(value('sp-mesh-ca', 'tls.crt'));
  });

  it('are kept for two thirds of their lifetime and renewed afterwards, by the same authority', async () => {
    await keep(['mesh']);
    const [authority, first] = [value('sp-mesh-ca', 'tls.crt'), certificate('gateway').serialNumber];
    await keep(['mesh'], 59);
    expect(certificate('gateway').serialNumber).toBe(first);
    await keep(['mesh'], 61);
    expect(certificate('gateway').serialNumber).not.toBe(first);
    expect(value('sp-mesh-ca', 'tls.crt')).toBe(authority);
    expect(lines).toContain('sp-mesh-gateway was renewed');
  });

  it('of another authority are replaced', async () => {
    await keep(['mesh']);
    secrets.delete('sp-mesh-ca');
    await keep(['mesh']);
    expect(certificate('worker').checkIssued(new X509Certificate(value('sp-mesh-ca', 'tls.crt')))).toBe(true);
  });
});
