import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { startHealthServer, type HealthServer } from './health-server.js';
import { createLogger } from './logger.js';
import { createMetrics } from './metrics.js';

function aLogger() {
  const lines: string[] = [];
  return [lines, createLogger({ service: 'demo', destination: { write: (line) => lines.push(line) } })] as const;
}

describe('createLogger', () => {
  it('writes one JSON line and hides secrets by field name, also inside objects', () => {
    const lines: string[] = [];
    const logger = createLogger({ service: 'demo', destination: { write: (line) => lines.push(line) } });
    logger.info({ user: 'ann', password: 'hunter2', request: { token: 'tok-1', credential: { pem: 'KEY' } } }, 'signed in');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      service: 'demo',
      user: 'ann',
      password: '[hidden]',
      msg: 'signed in',
    });
    expect(lines[0]).not.toMatch(/hunter2|tok-1|KEY/);
  });

  it('writes no character that a terminal obeys or hides, and loses none of them', () => {
    const [lines, logger] = aLogger();
    const hostile = '\u009b2J\u007f \u0085 \u202egnp\u2066 \u2028\u2029 \u200b\ufeff \u001b]0;x\u0007 ä 😀';
    logger.info({ user: hostile, [`key${hostile}`]: 1, err: new Error(hostile) }, hostile);
    expect(lines[0]).not.toMatch(/(?!\n$)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(lines[0]).toContain('\\u009B2J\\u007F');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ user: hostile, msg: hostile, err: { message: hostile } });
  });

  it('cuts a line that a client made long, and keeps it JSON with the fields that every line has', () => {
    const [lines, logger] = aLogger();
    const long = 'ä\u0001'.repeat(500_000);
    logger.warn({ user: long, list: Array.from({ length: 10_000 }, () => long.slice(0, 9)), nested: { deep: { long }, n: 1 } }, long);
    logger.error({ err: Object.assign(new Error(long), { query: long, parameters: [long], code: '22021' }) }, 'a round failed');
    logger.info({ [long]: 1, after: 2 }, 'short');
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(4096);
    const [first, second, third] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(first).toMatchObject({ level: 'warn', service: 'demo', nested: { n: 1 }, cut_from_bytes: expect.any(Number) as number });
    expect(second).toMatchObject({ msg: 'a round failed', err: { type: 'Error', code: '22021' } });
    expect(third).toMatchObject({ msg: 'short', after: 2 });
  });

  it('logs an error with its causes, and without the parameters of its statement', () => {
    const [lines, logger] = aLogger();
    const cause = Object.assign(new Error('invalid byte sequence'), { parameters: ['secret-value'] });
    logger.error({ err: new Error('query failed', { cause }) }, 'failed');
    expect(lines[0]).toContain('query failed: invalid byte sequence');
    expect(lines[0]).toContain('caused by');
    expect(lines[0]).not.toContain('secret-value');
  });
});

describe('health server', () => {
  let server: HealthServer | undefined;
  afterEach(() => server?.close());

  const start = async (checks: Record<string, () => Promise<void> | void>) => {
    const metrics = createMetrics('demo');
    metrics.counter('demo_logins_total', 'logins').inc();
    server = await startHealthServer({ host: '127.0.0.1', port: 0, service: 'demo', checks, metrics, facts: () => ({ crypto: 'native' }) });
    return (path: string) => fetch(`http://127.0.0.1:${server?.port}${path}`);
  };

  it('is ready while every check passes, and reports so with its facts', async () => {
    const get = await start({ database: () => {} });
    const response = await get('/readyz');
    expect([response.status, await response.json()]).toEqual([
      200,
      { ready: true, draining: false, checks: { database: 'ok' }, crypto: 'native' },
    ]);
  });

  it('is not ready if a check fails, and reports the reason', async () => {
    const get = await start({ database: () => Promise.reject(new Error('connection refused')), nats: () => {} });
    const response = await get('/readyz');
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { ready: false, checks: { database: 'connection refused', nats: 'ok' } },
    ]);
  });

  it('stays alive but not ready while it drains', async () => {
    const get = await start({});
    server?.setDraining();
    expect([(await get('/readyz')).status, (await get('/livez')).status]).toEqual([503, 200]);
  });

  it('serves metrics', async () => {
    const get = await start({});
    expect(await (await get('/metrics')).text()).toContain('demo_logins_total{service="demo"} 1');
  });

  it('shows in the metrics what /readyz says, and the dependency that fails', async () => {
    const get = await start({ database: () => Promise.reject(new Error('connection refused')), nats: () => {} });
    const text = await (await get('/metrics')).text();
    expect(text).toContain('health_ready{service="demo"} 0');
    expect(text).toContain('health_check_up{check="database",service="demo"} 0');
    expect(text).toContain('health_check_up{check="nats",service="demo"} 1');
  });

  it('names the port if it is taken', async () => {
    await start({});
    const again = startHealthServer({ host: '127.0.0.1', port: server?.port ?? 0, service: 'x', checks: {}, metrics: createMetrics('x') });
    await expect(again).rejects.toThrow(`Port ${server?.port} on 127.0.0.1 is taken`);
  });
});

/** Prints how often a process with metrics is woken in a second without work. Its first second is left out: Node starts then. */
const IDLE_PROCESS = `
  import { setTimeout as sleep } from 'node:timers/promises';
  import { createMetrics } from '@sallyport/telemetry';
  createMetrics('idle');
  await sleep(1000);
  const before = process.resourceUsage().voluntaryContextSwitches;
  await sleep(1000);
  console.log(process.resourceUsage().voluntaryContextSwitches - before);`;

it('the metrics do not wake an idle process', () => {
  const wakeUps = execFileSync(process.execPath, ['--input-type=module', '-e', IDLE_PROCESS], { cwd: import.meta.dirname });
  expect(Number(wakeUps)).toBeLessThan(50);
});

it('the metrics show how busy the event loop is, and no percentile that nothing samples', async () => {
  const text = await createMetrics('busy').text();
  expect(text).toMatch(/^nodejs_eventloop_utilization_ratio\{service="busy"\} [01]/mu);
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds\{/mu);
  expect(text).not.toMatch(/nodejs_eventloop_lag_p99/u);
});

it('the metrics show the version of the service', async () => {
  expect(await createMetrics('built').text()).toMatch(
    /^sallyport_build_info\{version="\d+\.\d+\.\d+",revision="[^"]+",service="built"\} 1$/mu,
  );
});

it('a gauge that cannot be read leaves the others to the scrape', async () => {
  const metrics = createMetrics('demo');
  metrics.gauge('demo_queue', 'queue', [], () => Promise.reject(new Error('no answer')));
  metrics.gauge('demo_pool', 'pool', ['state'], () => [{ labels: { state: 'idle' }, value: 3 }]);
  expect(await metrics.text()).toContain('demo_pool{state="idle",service="demo"} 3');
});
