import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandRecorded } from '@sallyport/bus';
import { CommandRecorded } from '@sallyport/proto-gen/command/v1/command_event';
import { openShell, runSsh, type SshShell } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProduct, type Product } from '../e2e/product.ts';
import { eventually } from '../e2e/wait.ts';
import { aPrometheus, type TestPrometheus } from './a-prometheus.ts';
import { asService, whileLocked, whileStopped } from './faults.ts';
import { hastenedRules } from './hastened-rules.ts';
import { shippedAlerts } from './shipped.ts';
import { toolPath } from './tools.mjs';

/** The disk of a machine is not filled: its alert has another threshold here, and fires at once. */
const AT_ONCE = 'SallyportDiskLow';
/** Alerts whose faults cannot be caused from outside, with series in the shape of a scrape. alerts.test.yaml has them. */
const SIMULATED = [
  'SallyportAuditGap',
  'SallyportAuditTampered',
  'SallyportCertificateNearEnd',
  'SallyportEventLoopSaturated',
  'SallyportRecordingGap',
];
const fired = new Set<string>();

let product: Product;
let prometheus: TestPrometheus;
beforeAll(async () => {
  product = await aProduct({ parts: [], settings: { GATEWAY_SPOOL_MAX_BYTES: '4000000' } });
  await runSsh({ ...product.demo, command: 'true' });
  prometheus = await aPrometheus(product.run, hastenedRules());
});
afterAll(async () => {
  await prometheus.stop();
  await product.remove();
});

const fires = async (alert: string, timeoutMs?: number): Promise<void> => {
  await prometheus.fires(alert, timeoutMs);
  fired.add(alert);
};
/** Runs a command that may well fail: an outage is the purpose. */
const ssh = (command: string): Promise<unknown> => runSsh({ ...product.demo, command }).catch(() => undefined);
async function aShell(): Promise<{ shell: SshShell; session: string }> {
  const since = new Date().toISOString();
  const shell = openShell(product.demo);
  await shell.expect(/[$#%>] ?$/);
  const session = await eventually(10_000, async () =>
    (await product.admin.sessions({ date_from: since })).results.find(({ state }) => state === 'active'),
  );
  return { shell, session: session.id };
}

describe('an alert', () => {
  it('does not fire while the product is well', async () => {
    await fires(AT_ONCE);
    // Until every service was scraped once, some seem to be absent.
    await eventually(20_000, async () => ((await prometheus.firing()).length === 1 ? true : undefined));
    expect(await prometheus.firing()).toEqual([AT_ONCE]);
  });

  it('fires when a recorder hangs: bytes wait, the spool fills, the audit log is not anchored', async () => {
    await whileStopped(product, 'recorder', async () => {
      const big = ssh('head -c 3000000 /dev/urandom | base64');
      await fires('SallyportRecordingStalled');
      await fires('SallyportSpoolFilling');
      await fires('SallyportAuditAnchorOld', 60_000);
      await big;
    });
  });

  it('fires when recorders die', async () => {
    const done = fires('SallyportRecorderAway');
    let isOver = false;
    void done.catch(() => undefined).finally(() => (isOver = true));
    while (!isOver) {
      await product.kill('recorder').catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await done;
    const { health } = product.run.services.find(({ name }) => name === 'recorder')!;
    await eventually(60_000, async () => ((await fetch(`${health}/readyz`)).ok ? true : undefined));
    await eventually(30_000, async () => ((await prometheus.firing()).includes('SallyportRecorderAway') ? undefined : true));
  });

  it('fires when the store fails', async () => {
    const folder = join(product.data, 'recordings');
    await rename(folder, `${folder}-away`);
    await writeFile(folder, 'not a folder');
    try {
      await ssh('true');
      await fires('SallyportStoreFailing');
    } finally {
      await rm(folder);
      await rename(`${folder}-away`, folder);
    }
  });

  it('fires when another party writes into a recording', async () => {
    const { shell, session } = await aShell();
    shell.type('echo stored | tr a-z A-Z\r');
    await shell.expect('STORED');
    const folder = join(product.data, 'recordings', 'sessions', session);
    await eventually(20_000, async () => ((await readdir(folder)).length > 0 ? true : undefined));
    await writeFile(join(folder, 'manifest.json'), 'not a manifest');
    shell.type('exit\r');
    await shell.exited;
    await fires('SallyportRecordingRefused');
    await fires('SallyportRecordingAltered');
  });

  it('fires when the command store is locked, and when the indexer hangs', async () => {
    await whileLocked(product, 'indexer', 'LOCK TABLE cmdlog.command IN ACCESS EXCLUSIVE MODE', async () => {
      await ssh('echo waits');
      await fires('SallyportIndexerLag');
    });
    await whileStopped(product, 'indexer', () => fires('SallyportIndexerAway'));
  });

  it('fires when a message cannot be handled', async () => {
    const invalid = CommandRecorded.fromPartial({ id: 'not-an-id', sessionId: 's', orgId: 'o' });
    await asService(product, 'recorder', (bus) => bus.publish(commandRecorded, invalid, { id: randomUUID() }));
    await fires('SallyportDeadLetters');
  });

  it('fires when NATS hangs: facts wait, services are not ready', async () => {
    await whileStopped(product, 'nats', async () => {
      await ssh('true');
      await fires('SallyportOutboxStuck');
      await fires('SallyportServiceNotReady', 60_000);
    });
  });

  it('fires when the head of the audit chain is locked', async () => {
    await whileLocked(product, 'core', 'SELECT 1 FROM core.audit_head FOR UPDATE', async () => {
      await ssh('true');
      await fires('SallyportAuditChainStuck');
    });
  });

  it('fires when a request to end a session does not come from core', async () => {
    const { shell, session } = await aShell();
    const health = product.run.services.find(({ name }) => name === 'gateway')!.health;
    const { processes } = (await (await fetch(`${health}/readyz`)).json()) as { processes: { gateway: string }[] };
    await asService(product, 'core', async (bus) => {
      for (const { gateway } of processes) await bus.publishTerminate(gateway, { sessionId: session, message: '', requestedBy: 'a thief' });
    });
    await fires('SallyportUnconfirmedTerminations');
    shell.type('exit\r');
    expect(await shell.exited).toBe(0);
  });

  it('fires when the database is locked and all connections wait', async () => {
    await whileLocked(product, 'core', 'LOCK TABLE core."user" IN ACCESS EXCLUSIVE MODE', async () => {
      const asked = Array.from({ length: 40 }, () => product.admin.get('users/users').catch(() => undefined));
      await fires('SallyportDatabasePoolExhausted', 25_000);
      void Promise.all(asked);
    });
  });

  it('fires when core fails, and when logins are refused', async () => {
    const target = { ...product.demo, privateKeyFile: undefined, password: 'wrong' };
    const wrong = (): Promise<unknown> => runSsh({ ...target, user: `u${randomUUID().slice(0, 8)}@x@y`, command: 'true' });
    const round = (): Promise<unknown> => Promise.all(Array.from({ length: 8 }, wrong));
    let isFailing = true;
    const failing = (async () => {
      while (isFailing) {
        await product.kill('postgres').catch(() => undefined);
        await round();
      }
    })();
    await fires('SallyportCoreErrors', 90_000).finally(() => (isFailing = false));
    await failing;
    await eventually(90_000, async () => ((await runSsh({ ...product.demo, command: 'true' })).code === 0 ? true : undefined));
    for (let i = 0; i < 8; i++) await round();
    await fires('SallyportLoginFailures');
  }, 300_000);

  it('fires when no gateway answers', async () => {
    await whileStopped(product, 'gateway', () => fires('SallyportNoGatewayReady'));
  });

  it('fires for series in the shape of a scrape, where the fault cannot be caused from outside', () => {
    const file = join(import.meta.dirname, 'alerts.test.yaml');
    expect(execFileSync(toolPath('promtool'), ['test', 'rules', file], { encoding: 'utf8' })).toContain('SUCCESS');
    for (const alert of SIMULATED) fired.add(alert);
  });

  it('fires in this test, whichever the chart has', () => {
    const names = shippedAlerts().map(({ alert }) => alert);
    expect(names.filter((name) => !fired.has(name))).toEqual([]);
  });
});
