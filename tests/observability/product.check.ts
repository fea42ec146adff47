import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openShell, runSsh } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProduct, type Product } from '../e2e/product.ts';
import { eventually } from '../e2e/wait.ts';
import { anOtlpReceiver, type OtlpReceiver } from './otlp-receiver.ts';
import { metricsOf } from './promql.ts';
import { scrapeAll } from './scrape.ts';
import { RULE_FILE, shippedAlerts, shippedQueries } from './shipped.ts';
import { toolPath } from './tools.mjs';

/** Metrics that only a fault makes, each with the labels that its declaration has. tests/observability/alerts.check.ts causes the faults. */
const OF_FAULTS: Readonly<Record<string, readonly string[]>> = {
  gateway_audit_gaps_total: ['service', 'why'],
  gateway_connections_refused_total: ['service', 'why'],
  gateway_data_processes_lost_total: ['service', 'why'],
  indexer_commands_failed_total: ['service', 'reason'],
  rpc_client_errors_total: ['service', 'peer', 'kind'],
};

let receiver: OtlpReceiver;
let product: Product;
let session: string;
beforeAll(async () => {
  receiver = await anOtlpReceiver();
  product = await aProduct({ parts: [], settings: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint } });
  session = await product.sessionOf(() => runSsh({ ...product.demo, command: 'echo observed' }));
  const accounts = await product.admin.get<{ results: { id: string }[] }>('accounts/accounts');
  await product.admin.post(`accounts/accounts/${accounts.results[0]!.id}/test-connectivity`, {});
  await eventually(30_000, async () => (await product.admin.commands({ session })).results[0]);
});
afterAll(async () => {
  await product.remove();
  receiver.close();
});

describe('the metrics of a running product', () => {
  it('have every metric and label that a dashboard or an alert names', async () => {
    await eventually(30_000, async () => ((await scrapeAll(product.run)).has('worker_tasks_total') ? true : undefined));
    const emitted = await scrapeAll(product.run);
    const missing = shippedQueries().flatMap(([place, query]) =>
      metricsOf(query).flatMap(({ metric, labels }) => {
        const known = emitted.get(metric) ?? new Set(OF_FAULTS[metric]);
        if (known.size === 0) return [`${place}: ${metric}`];
        return [...labels].filter((label) => !known.has(label)).map((label) => `${place}: ${metric}{${label}}`);
      }),
    );
    expect(missing).toEqual([]);
  });

  it('name routes and methods as they are declared, never with an id', async () => {
    for (const { name, health } of product.run.services) {
      const text = await (await fetch(`${health}/metrics`)).text();
      expect(text, name).not.toContain(session);
      expect(text, name).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7/);
    }
  });
});

describe('the alerts', () => {
  it('are rules that Prometheus loads', () => {
    expect(execFileSync(toolPath('promtool'), ['check', 'rules', RULE_FILE], { encoding: 'utf8' })).toMatch(/SUCCESS: \d+ rules/);
  });

  it('have a severity, a text, and a page for the operator', () => {
    const docs = fileURLToPath(new URL('../../docs/operations/runbooks/', import.meta.url));
    for (const { alert, labels, annotations } of shippedAlerts()) {
      expect(labels['severity'], alert).toMatch(/^(critical|warning)$/);
      expect(annotations['summary'], alert).toBeTruthy();
      expect(annotations['description'], alert).toBeTruthy();
      expect(annotations['runbook_url'], alert).toMatch(new RegExp(`/docs/operations/runbooks/${alert}.md$`));
      expect(existsSync(`${docs}${alert}.md`), alert).toBe(true);
    }
  });
});

describe('the trace of a session', () => {
  it('is one, from the ssh login to the last upload, and has the id of the session', async () => {
    const traceId = session.replaceAll('-', '');
    const wanted = {
      gateway: ['ssh login', 'session', 'dial asset', 'report end'],
      core: ['/sallyport.access.v1.AccessService/Authenticate', '/sallyport.access.v1.AccessService/OpenSession'],
      recorder: ['open recording', 'close recording'],
    };
    const ofTrace = await eventually(30_000, async () => {
      const spans = receiver.spans.filter((span) => span.traceId === traceId);
      const has = (service: string, name: string) => spans.some((span) => span.service === service && span.name === name);
      return Object.entries(wanted).every(([service, names]) => names.every((name) => has(service, name))) ? spans : undefined;
    });
    const ids = new Set(ofTrace.map(({ spanId }) => spanId));
    expect(ofTrace.filter(({ parentId }) => parentId === '').map(({ name }) => name)).toEqual(['ssh login']);
    expect(ofTrace.filter(({ parentId }) => parentId !== '' && !ids.has(parentId))).toEqual([]);
  });

  it('is named in the log lines about the session, of every service that writes some', () => {
    const lines = logLines(product).filter(({ text }) => text.includes(session));
    expect(lines.length).toBeGreaterThan(0);
    for (const { text, fields } of lines)
      expect(fields, text).toMatchObject({ session_id: session, trace_id: session.replaceAll('-', '') });
  });
});

describe('the logs', () => {
  it('have no password, private key, token or typed text', async () => {
    const user = await product.admin.post<{ id: string }>('users/users', { username: 'log-reader', password: 'Planted-passw0rd-1' });
    expect(user.id).toBeTruthy();
    const shell = openShell({ ...product.demo, privateKeyFile: product.demo.privateKeyFile });
    await shell.expect(/[$#%>] ?$/);
    shell.type('echo planted-typed-text\r');
    await shell.expect('planted-typed-text');
    shell.type('exit\r');
    await shell.exited;
    const key = readFileSync(product.run.demo.private_key_file, 'utf8').split('\n')[2]!;
    const text = logLines(product)
      .map((line) => line.text)
      .join('\n');
    expect(text.length).toBeGreaterThan(1_000);
    for (const secret of ['Planted-passw0rd-1', product.run.admin.password, key, 'planted-typed-text']) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/Bearer [\w-]{8}/);
  });
});

/** Returns the lines of the services' logs. */
function logLines({ run, data }: Product): { text: string; fields: unknown }[] {
  const services = new Set(run.services.map(({ name }) => `${name}.log`));
  return readdirSync(`${data}/log`)
    .filter((file) => services.has(file))
    .flatMap((file) => readFileSync(`${data}/log/${file}`, 'utf8').split('\n'))
    .filter((line) => line.startsWith('{'))
    .map((text) => ({ text, fields: JSON.parse(text) as unknown }));
}
