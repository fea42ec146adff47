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
