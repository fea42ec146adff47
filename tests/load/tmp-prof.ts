import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import process from 'node:process';
import { aProduct } from '../e2e/product.ts';
import { cpuSeconds, familyOf } from './process-cost.ts';
const kinds = (process.argv[2] ?? '').split(',');
const product = await aProduct({ parts: [] });
const user = await product.admin.createUser('bad');
const t = await product.as(user, 'x@y');
const pid = product.run.services.find(({ name }) => name === 'gateway')!.pid;
for (const kind of kinds) {
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'attacker.ts'), JSON.stringify({ kind, port: t.port, user: t.user, keyFile: t.privateKeyFile })],
    { stdio: ['ignore', 'pipe', 'inherit'], detached: true },
  );
  await once(child.stdout, 'data');
  await sleep(1000);
  const before = familyOf(pid).map((p) => [p, cpuSeconds(p)] as const);
  await sleep(8000);
  console.log(
    kind,
    familyOf(pid)
      .map((p) => `${p}: ${((cpuSeconds(p) - (before.find((b) => b[0] === p)?.[1] ?? 0)) * 125).toFixed(0)} ms/s`)
      .join('  '),
  );
  child.kill();
  await once(child, 'close');
  await sleep(1000);
}
await product.remove();
process.exit(0);
