import { afterEach, describe, expect, it } from 'vitest';
import { startHealthServer, type HealthServer } from './health-server.js';
import { createLogger } from './logger.js';
import { createMetrics } from './metrics.js';

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
});

describe('health server', () => {
  let server: HealthServer | undefined;
  afterEach(() => server?.close());

  const start = async (checks: Record<string, () => Promise<void> | void>) => {
    const metrics = createMetrics('demo');
    metrics.counter('demo_logins_total', 'logins').inc();
    server = await startHealthServer({ host: '127.0.0.1', port: 0, checks, metrics, facts: () => ({ crypto: 'native' }) });
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

  it('names the port if it is taken', async () => {
    await start({});
    const again = startHealthServer({ host: '127.0.0.1', port: server?.port ?? 0, checks: {}, metrics: createMetrics('x') });
    await expect(again).rejects.toThrow(`Port ${server?.port} on 127.0.0.1 is taken`);
  });
});
