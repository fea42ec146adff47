import { expect, it } from 'vitest';
import { parseRecorderConfig } from './config.js';

const mesh = { RPC_CA_FILE: '/ca', RPC_CERT_FILE: '/cert', RPC_KEY_FILE: '/key', RECORDER_SIGNING_KEY_FILE: '/sign' };
const problems = (env: Record<string, string>): string[] => {
  const result = parseRecorderConfig({ ...mesh, ...env });
  return result.ok ? [] : result.problems;
};

it('each store requires its own settings, and names all that are missing', () => {
  expect(problems({ RECORDER_STORE: 'null' })).toEqual([]);
  expect(problems({ RECORDER_STORE: 'fs' })).toEqual([expect.stringContaining('RECORDER_FS_DIR is missing')]);
  expect(problems({ RECORDER_STORE: 's3' }).map((problem) => problem.split(' ')[0])).toEqual([
    'RECORDER_S3_ENDPOINT',
    'RECORDER_S3_BUCKET',
    'RECORDER_S3_ACCESS_KEY',
    'RECORDER_S3_SECRET_KEY',
  ]);
});

it('there is not a default store: a recorder without storage is always a choice', () => {
  expect(problems({})).toEqual([expect.stringContaining('RECORDER_STORE')]);
});

it('a misspelt setting is refused', () => {
  expect(problems({ RECORDER_STORE: 'null', RECORDER_STOER: 'x' })).toEqual([expect.stringContaining('RECORDER_STOER')]);
});

it('object lock is off by default, and refused for a store without it', () => {
  const s3 = { RECORDER_STORE: 's3', RECORDER_S3_ENDPOINT: 'http://s3', RECORDER_S3_BUCKET: 'b', RECORDER_S3_ACCESS_KEY: 'a' };
  const lock = { RECORDER_OBJECT_LOCK_DAYS: '30', RECORDER_OBJECT_LOCK_MODE: 'COMPLIANCE' };
  expect(problems({ ...s3, RECORDER_S3_SECRET_KEY: 's', ...lock })).toEqual([]);
  expect(problems({ RECORDER_STORE: 'fs', RECORDER_FS_DIR: '/x', ...lock })).toEqual([
    expect.stringMatching(/RECORDER_OBJECT_LOCK_DAYS.* locks objects only with RECORDER_STORE=s3/),
  ]);
  expect(problems({ RECORDER_STORE: 'null', RECORDER_OBJECT_LOCK_DAYS: '-1', RECORDER_OBJECT_LOCK_MODE: 'STRICT' })).toHaveLength(2);
});
