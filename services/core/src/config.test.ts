import { parseConfig, redactedConfig } from '@sallyport/config';
import { describe, expect, it } from 'vitest';
import { configSchema } from './config.js';

const keys = JSON.stringify({ active: 'k1', keys: { k1: Buffer.alloc(32).toString('base64') } });
const good = {
  CORE_DATABASE_URL: 'postgres://core:hunter2@db/sallyport',
  CORE_SEALING_KEYS: keys,
  CORE_AUDIT_SIGNING_KEY_FILE: 'a',
  RPC_CA_FILE: 'ca',
  RPC_CERT_FILE: 'c',
  RPC_KEY_FILE: 'k',
};
const parse = (env: Record<string, string>) => parseConfig(configSchema, { prefix: 'CORE_' }, env);

describe('core’s settings', () => {
  it('need what has no safe default and fill in the rest', () => {
    const result = parse(good);
    expect(result).toMatchObject({
      ok: true,
      config: { CORE_HTTP_HOST: '127.0.0.1', CORE_HTTP_PORT: 8080, CORE_RPC_PORT: 7401, CORE_HEALTH_PORT: 7411, CORE_LEASE_SECONDS: 30 },
    });
  });

  it('show no secret', () => {
    const result = parse(good);
    const shown = result.ok ? JSON.stringify(redactedConfig(configSchema, result.config)) : '';
    expect(shown).toContain('"CORE_DATABASE_URL":"set"');
    expect(shown).not.toMatch(/hunter2|AAAAAAAA/);
  });

  it.each([
    ['CORE_SEALING_KEYS', 'not json', /CORE_SEALING_KEYS: is not JSON/],
    ['CORE_DATABASE_URL', 'mysql://db', /must begin with postgres/],
    ['CORE_LEASE_SECONDS', '1', /CORE_LEASE_SECONDS="1"/],
    ['CORE_RECORDER_ADDRESS', 'nowhere', /must be host:port/],
    ['CORE_HTTP_PROT', '80', /CORE_HTTP_PROT is not a setting/],
  ])('refuse %s=%s', (name, value, words) => {
    const result = parse({ ...good, [name]: value });
    expect(result.ok ? [] : result.problems).toEqual([expect.stringMatching(words)]);
  });
});
