import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTracing, type Tracing } from '@sallyport/telemetry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aCore, type TestCore } from './a-core.js';

let collector: Server;
let tracing: Tracing;
let core: TestCore;
/** Bytes that the collector received; OTLP's protobuf keeps texts as they are. */
let collected = '';
beforeAll(async () => {
  collector = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      collected += Buffer.concat(pieces).toString('latin1');
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  tracing = startTracing({ service: 'core', endpoint: `http://127.0.0.1:${(collector.address() as AddressInfo).port}` });
  core = await aCore();
});
afterAll(async () => {
  await core.stop();
  collector.close();
});

const times = (text: string): number => collected.split(text).length - 1;

it('every REST request is one span with route, status and request id, and nothing that a user typed', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = { 'x-request-id': 'request-of-a-test', traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  await core.call('GET', 'users/users/0190b3c4-0000-7000-8000-000000000001?x=typed-words', { token: core.admin, headers });
  await core.call('GET', 'assets/hosts', { token: core.admin, headers: { 'x-request-id': 'another-of-a-test' } });
  await tracing.shutdown();
  expect(times('GET /api/v1/users/users/:id')).toBe(1);
  expect([times('request-of-a-test'), times('another-of-a-test')]).toEqual([1, 1]);
  for (const text of ['http.route', 'http.response.status_code', Buffer.from(traceId, 'hex').toString('latin1')])
    expect(collected).toContain(text);
  for (const text of ['typed-words', core.admin]) expect(collected).not.toContain(text);
});
