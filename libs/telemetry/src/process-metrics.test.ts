import { expect, it } from 'vitest';
import { createMetrics } from './metrics.js';
import { addCounted, textOfProcesses } from './process-metrics.js';

function aProcess(logins: number, seconds: number) {
  const metrics = createMetrics('demo');
  metrics.counter('demo_logins_total', 'logins', ['outcome']).inc({ outcome: 'granted' }, logins);
  metrics.gauge('demo_sessions', 'sessions', [], () => logins);
  metrics.histogram('demo_login_seconds', 'time', [1, 5]).observe(seconds);
  return metrics;
}

it('counters are summed over the processes, and the metrics of one process carry its name', async () => {
  const parts = await Promise.all(
    [aProcess(2, 0.5), aProcess(3, 4)].map(async (metrics, at) => ({ process: String(at + 1), values: await metrics.values() })),
  );
  const text = await textOfProcesses(parts);
  expect(text).toContain('demo_logins_total{outcome="granted",service="demo"} 5');
  expect(text).toContain('demo_sessions{service="demo"} 5');
  expect(text).toContain('demo_login_seconds_bucket{le="1",service="demo"} 1');
  expect(text).toContain('demo_login_seconds_count{service="demo"} 2');
  for (const process of ['1', '2'])
    expect(text).toMatch(new RegExp(`process_resident_memory_bytes\\{service="demo",process="${process}"\\} \\d{7}`));
});

it('the age of the oldest is the highest of all processes, not the sum', async () => {
  const parts = await Promise.all(
    [3, 7].map(async (seconds, at) => {
      const metrics = createMetrics('demo');
      metrics.gauge('demo_oldest_seconds', 'age', [], () => seconds, 'max');
      return { process: String(at), values: await metrics.values() };
    }),
  );
  const text = await textOfProcesses(parts);
  expect(text).toContain('demo_oldest_seconds{service="demo"} 7');
  expect(text.match(/^sallyport_build_info.* 1$/gmu)).toHaveLength(1);
});

it('the counters of an ended process stay in the sum; its gauges end with it', async () => {
  const gone = await addCounted([], await aProcess(2, 4).values());
  const more = await addCounted(gone, await aProcess(1, 4).values());
  const text = await textOfProcesses([
    { process: 'gone', values: more },
    { process: '1', values: await aProcess(4, 4).values() },
  ]);
  expect(text).toContain('demo_logins_total{outcome="granted",service="demo"} 7');
  expect(text).toContain('demo_login_seconds_count{service="demo"} 3');
  expect(text).toContain('demo_sessions{service="demo"} 4');
  expect(text).not.toContain('process="gone"');
});
