import { describe, expect, it } from 'vitest';
import { parseIndexerConfig, storeChoice } from './config.js';

const mesh = { RPC_CA_FILE: 'a', RPC_CERT_FILE: 'b', RPC_KEY_FILE: 'c' };
const chosen = (env: Record<string, string>) => {
  const result = parseIndexerConfig({ ...mesh, ...env });
  return result.ok ? storeChoice(result.config) : result.problems;
};

describe('settings', () => {
  it('contain the address of the chosen store', () => {
    expect(chosen({ INDEXER_STORE: 'postgres', INDEXER_DATABASE_URL: 'postgres://h/d' })).toEqual({
      kind: 'postgres',
      url: 'postgres://h/d',
    });
    expect(
      chosen({
        INDEXER_STORE: 'elasticsearch',
        INDEXER_ELASTICSEARCH_URL: 'https://u:p@a:9200,https://b:9200',
        INDEXER_DATABASE_URL: 'postgres://h/d',
      }),
    ).toEqual({
      kind: 'elasticsearch',
      url: 'https://u:p@a:9200,https://b:9200',
    });
    expect(chosen({ INDEXER_STORE: 'null' })).toEqual({ kind: 'null' });
  });

  it('require the address of the chosen store, and never show one', () => {
    expect(chosen({ INDEXER_STORE: 'postgres' })).toEqual([expect.stringMatching(/^INDEXER_DATABASE_URL is missing/)]);
    const problems = chosen({ INDEXER_STORE: 'elasticsearch', INDEXER_ELASTICSEARCH_URL: 'elastic:pass-word@host' });
    expect(problems).toEqual([expect.stringMatching(/^INDEXER_ELASTICSEARCH_URL: must be http/)]);
    expect(String(problems)).not.toContain('pass-word');
  });

  it('name the existing stores', () => {
    expect(chosen({ INDEXER_STORE: 'mysql' })).toEqual([expect.stringMatching(/INDEXER_STORE="mysql".*postgres.*elasticsearch.*null/)]);
  });
});
