import { describe, expect, it } from 'vitest';
import { metricsOf } from './promql.ts';

const used = (query: string) => metricsOf(query).map(({ metric, labels }) => [metric, [...labels].sort()]);

describe('a query', () => {
  it('relies on the labels of its selectors and of its groups', () => {
    expect(used('sum by (code, pod) (rate(calls_total{service="core",code!="OK"}[5m])) / on (zone) sum(limits)')).toEqual([
      ['calls_total', ['code', 'service', 'zone']],
      ['limits', ['zone']],
    ]);
    expect(used('histogram_quantile(0.95, sum by (le, method) (rate(seconds_bucket[5m]))) > 1')).toEqual([['seconds_bucket', ['method']]]);
  });

  it('that is not PromQL is an error', () => {
    expect(() => metricsOf('sum(by (x) y')).toThrow(/not PromQL/);
  });
});
