/** Returns the health of a service as Prometheus text. It is found out at every scrape, so it is not kept between two. */
export function healthMetrics(service: string, checks: Readonly<Record<string, string>>, isReady: boolean): string {
  const up = Object.entries(checks).map(
    ([check, state]) => `health_check_up{check="${check}",service="${service}"} ${state === 'ok' ? 1 : 0}`,
  );
  return [
    '# HELP health_ready 1 if the service takes new work, as /readyz says',
    '# TYPE health_ready gauge',
    `health_ready{service="${service}"} ${isReady ? 1 : 0}`,
    '# HELP health_check_up 1 if a dependency works, as /readyz says',
    '# TYPE health_check_up gauge',
    ...up,
    '',
  ].join('\n');
}
