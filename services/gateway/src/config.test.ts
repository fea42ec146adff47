import { parseConfig } from '@sallyport/config';
import { expect, it } from 'vitest';
import { gatewaySettings } from './config.js';

const needed = {
  RPC_CA_FILE: 'ca',
  RPC_CERT_FILE: 'cert',
  RPC_KEY_FILE: 'key',
  GATEWAY_CORE_ADDRESS: 'core:7401',
  GATEWAY_RECORDER_ADDRESS: 'recorder:7403',
  GATEWAY_HOST_KEY_FILE: 'a,b',
  GATEWAY_SPOOL_DIR: '/spool',
};

it('the gateway starts with nothing but the settings without a default', () => {
  const result = parseConfig(gatewaySettings, { prefix: 'GATEWAY_' }, needed);
  expect(result).toMatchObject({
    ok: true,
    config: { GATEWAY_SSH_PORT: 2222, GATEWAY_LOGIN_GRACE_SECONDS: 30, GATEWAY_MAX_AUTH_TRIES: 6, GATEWAY_SPOOL_MAX_BYTES: 1024 ** 3 },
  });
});

it('all wrong, missing and misspelt settings are named together', () => {
  const result = parseConfig(
    gatewaySettings,
    { prefix: 'GATEWAY_' },
    { ...needed, GATEWAY_CORE_ADDRESS: 'core', GATEWAY_MAX_AUTH_TRIES: '0', GATEWAY_SPOOL_DIR: '', GATEWAY_SHH_PORT: '22' },
  );
  const problems = result.ok ? [] : result.problems.join('\n');
  for (const name of ['GATEWAY_CORE_ADDRESS', 'GATEWAY_MAX_AUTH_TRIES', 'GATEWAY_SPOOL_DIR', 'GATEWAY_SHH_PORT'])
    expect(problems).toContain(name);
});

it('the limits of connections have the form of sshd, and a wrong one is named', () => {
  const read = (changes: Record<string, string>) => parseConfig(gatewaySettings, { prefix: 'GATEWAY_' }, { ...needed, ...changes });
  expect(read({})).toMatchObject({
    ok: true,
    config: {
      GATEWAY_MAX_STARTUPS: { start: 512, rate: 30, full: 1024 },
      GATEWAY_PER_SOURCE_PENALTIES: { authfail: 5, min: 15 },
      GATEWAY_PER_SOURCE_PENALTY_EXEMPT_LIST: [{ address: '127.0.0.0', prefix: 8, family: 'ipv4' }, { family: 'ipv6' }],
    },
  });
  expect(read({ GATEWAY_PER_SOURCE_PENALTIES: 'no' })).toMatchObject({ config: { GATEWAY_PER_SOURCE_PENALTIES: undefined } });
  expect(read({ GATEWAY_PER_SOURCE_PENALTIES: 'authfail:9' })).toMatchObject({
    config: { GATEWAY_PER_SOURCE_PENALTIES: { authfail: 9, noauth: 1 } },
  });
  const wrong = read({
    GATEWAY_MAX_STARTUPS: '10:30',
    GATEWAY_PER_SOURCE_PENALTIES: 'authfail:often',
    GATEWAY_PER_SOURCE_PENALTY_EXEMPT_LIST: '10.0.0.0/33',
  });
  const problems = wrong.ok ? '' : wrong.problems.join('\n');
  for (const name of ['GATEWAY_MAX_STARTUPS', 'GATEWAY_PER_SOURCE_PENALTIES', '10.0.0.0/33']) expect(problems).toContain(name);
});

it('input is sealed only with the auditors’ key', () => {
  const read = (changes: Record<string, string>) => parseConfig(gatewaySettings, { prefix: 'GATEWAY_' }, { ...needed, ...changes });
  const sealed = { GATEWAY_SEAL_INPUT: 'true', GATEWAY_KEEP_UNSEEN_INPUT: 'true' };
  const why = 'needs GATEWAY_AUDITORS_KEY_FILE: without a key nothing can be sealed';
  const refused = read(sealed);
  expect(refused.ok ? [] : refused.problems).toEqual([
    expect.stringMatching(`GATEWAY_SEAL_INPUT.*${why}`),
    expect.stringMatching(`GATEWAY_KEEP_UNSEEN_INPUT.*${why}`),
  ]);
  expect(read({ ...sealed, GATEWAY_AUDITORS_KEY_FILE: 'auditors.pem' })).toMatchObject({ ok: true });
  expect(read({})).toMatchObject({
    config: { GATEWAY_SEAL_INPUT: false, GATEWAY_KEEP_UNSEEN_INPUT: false, GATEWAY_KEEP_FILE_BYTES: 262_144 },
  });
});
