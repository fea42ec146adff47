import { describe, expect, test } from 'vitest';
import { readOptions } from './options.js';

describe('the command line', () => {
  test('without options: one machine without extras', () => {
    expect(readOptions([])).toEqual({
      data: `${process.cwd()}/.data`,
      httpPort: 8080,
      sshPort: 2222,
      extras: new Set(),
      demoAsset: undefined,
      elapsedMs: 0,
      settings: {},
    });
  });
  test('every option can be set', () => {
    expect(
      readOptions([
        '--data',
        '/x',
        '--http-port=8081',
        '--ssh-port',
        '2223',
        '--with',
        'elasticsearch, s3',
        '--demo-asset',
        'builtin',
        '--set',
        'GATEWAY_MAX_SESSIONS=20',
        '--set',
        'CORE_HTTP_HOST=a=b',
      ]),
    ).toEqual({
      data: '/x',
      httpPort: 8081,
      sshPort: 2223,
      extras: new Set(['elasticsearch', 's3']),
      demoAsset: 'builtin',
      elapsedMs: 0,
      settings: { GATEWAY_MAX_SESSIONS: '20', CORE_HTTP_HOST: 'a=b' },
    });
  });
  test('traces of all services may be switched on', () => {
    const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
    expect(readOptions(['--set', 'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318'])).toMatchObject({ settings });
  });
  test('a setting may come from a file', () => {
    expect(readOptions(['--set', 'CORE_SEALING_KEYS_FILE=/x'])).toMatchObject({ settings: { CORE_SEALING_KEYS_FILE: '/x' } });
  });
  test.each([
    [['--ssh-port', '0'], '--ssh-port "0" is not a port: write a number from 1 to 65535'],
    [['--http-port', '80x'], '--http-port "80x" is not a port'],
    [['--with', 'mongo'], '--with "mongo" is not known: choose from elasticsearch, s3'],
    [['--prot', '1'], "Unknown option '--prot'"],
    [['--set', 'PATH=/x'], '--set "PATH" is not a setting of a service: write NAME=VALUE'],
    [['--set', 'GATEWAY_MAX_SESSIONS'], '--set "GATEWAY_MAX_SESSIONS" is not a setting of a service'],
    [['--data', '/tmp/${HOME}'], '--data "/tmp/${HOME}" has a control character or "${" in its name: choose another'],
    [['--data', '/tmp/a\nb'], '--data "/tmp/a\\nb" has a control character'],
    [['--set', 'GATEWAY_TYPO=1'], '--set "GATEWAY_TYPO" is not a setting: deploy/env/gateway.md lists those of gateway'],
    [['--ssh-port', '8080'], "REST and SSH can't share port 8080: choose another with --http-port N or --ssh-port N"],
    [['--ssh-port', '9000', '--http-port', '9000'], "REST and SSH can't share port 9000"],
    [['stray'], 'stray'],
  ])('%j is refused with a hint', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
