import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeConfig } from './describe-config.js';
import { booleanText, bytes, hostPort, peerAddress, port, secret, seconds } from './fields.js';
import { parseConfig, redactedConfig } from './load-config.js';

const schema = z.object({
  DEMO_PORT: port().default(8080).describe('where it listens'),
  DEMO_PEER: hostPort().describe('the peer'),
  DEMO_STRICT: booleanText().default(false),
  DEMO_SIZE: bytes().default(1024),
  DEMO_GRACE: seconds().default(30),
  DEMO_KEY: secret(z.string().min(8)).optional(),
});
const scope = { prefix: 'DEMO_' };

describe('parseConfig', () => {
  it('coerces, applies defaults and freezes', () => {
    const result = parseConfig(schema, scope, { DEMO_PEER: 'core:7401', DEMO_SIZE: '4MiB', DEMO_STRICT: 'true', HOME: '/root' });
    expect(result).toEqual({
      ok: true,
      config: {
        DEMO_PORT: 8080,
        DEMO_PEER: 'core:7401',
        DEMO_STRICT: true,
        DEMO_SIZE: 4 * 1024 * 1024,
        DEMO_GRACE: 30,
        DEMO_KEY: undefined,
      },
    });
    expect(result.ok && Object.isFrozen(result.config)).toBe(true);
  });

  it('finds every problem at once, quoting the value and naming the setting', () => {
    const result = parseConfig(schema, scope, { DEMO_PORT: '99999', DEMO_STRICT: 'yes', DEMO_PROT: '1' });
    expect(result.ok).toBe(false);
    const problems = result.ok ? [] : result.problems;
    expect(problems).toHaveLength(4);
    expect(problems.join('\n')).toMatch(
      /DEMO_PROT is not a setting[^]*DEMO_PORT="99999"[^]*DEMO_PEER is missing: the peer[^]*DEMO_STRICT="yes"/,
    );
  });

  it('reads a secret from its file and never quotes a secret', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'config-')), 'key');
    writeFileSync(file, 'correct horse\n');
    const good = parseConfig(schema, scope, { DEMO_PEER: 'a:1', DEMO_KEY_FILE: file });
    expect(good.ok && good.config.DEMO_KEY).toBe('correct horse');
    expect(good.ok && redactedConfig(schema, good.config)['DEMO_KEY']).toBe('set');
    const bad = parseConfig(schema, scope, { DEMO_PEER: 'a:1', DEMO_KEY: 'short' });
    expect(bad.ok ? '' : bad.problems.join()).not.toContain('short"');
  });

  it('knows a secret field under optional, default and describe', () => {
    const forms = z.object({
      DEMO_A: secret(z.string()).describe('a'),
      DEMO_B: secret(z.string().optional()).describe('b'),
      DEMO_C: secret(z.string()).optional().describe('c'),
    });
    const result = parseConfig(forms, scope, { DEMO_A: 'hush', DEMO_B: 'hush', DEMO_C: 'hush' });
    expect(result.ok && redactedConfig(forms, result.config)).toEqual({ DEMO_A: 'set', DEMO_B: 'set', DEMO_C: 'set' });
  });

  it('names the file that it could not read, and refuses a setting that is set twice', () => {
    const result = parseConfig(schema, scope, { DEMO_PEER: 'a:1', DEMO_KEY: '12345678', DEMO_KEY_FILE: '/nonexistent/key' });
    expect(result.ok ? [] : result.problems).toEqual([
      'DEMO_KEY and DEMO_KEY_FILE are both set: keep one of them',
      'DEMO_KEY_FILE: cannot read "/nonexistent/key" (ENOENT)',
    ]);
  });
});

describe('describeConfig', () => {
  it('lists every variable with its default', () => {
    const page = describeConfig('demo', schema);
    expect(page).toContain('| `DEMO_PORT` | `8080` | where it listens |');
    expect(page).toContain('| `DEMO_PEER` | required | the peer |');
    expect(page).toContain('`DEMO_KEY` or `DEMO_KEY_FILE`');
  });

  it('shows a default as an operator writes it, also of a setting that is read into parts', () => {
    const pair = z
      .string()
      .default('5:30')
      .transform((text) => text.split(':').map(Number));
    const ranges = z
      .string()
      .default('')
      .transform((text) => text.split(',').filter(Boolean));
    const page = describeConfig('demo', z.object({ DEMO_PAIR: pair.refine(([from]) => from !== 0), DEMO_RANGES: ranges }));
    expect(page).toContain('| `DEMO_PAIR` | `5:30` |');
    expect(page).toContain('| `DEMO_RANGES` | – |');
  });
});

describe('the address of a peer', () => {
  it.each(['core:7402', '127.0.0.1:1,127.0.0.2:2', '[::1]:1,[::2]:2', '[::1]:7402'])('%s is taken', (address) => {
    expect(peerAddress().parse(address)).toBe(address);
  });

  it.each(['core', 'core:1,recorder:2', '127.0.0.1:1,', '127.0.0.1:1,[::1]:2', 'dns:///core:1'])('%s is refused', (address) => {
    expect(peerAddress().safeParse(address).error?.issues[0]?.message).toContain('must be host:port, or a comma separated list');
  });
});
