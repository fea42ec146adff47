import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectBus, type Bus } from '@sallyport/bus';
import { createLogger } from '@sallyport/telemetry';
import pg from 'pg';
import type { Product } from '../e2e/product.ts';

/** Runs work while a part of the product is stopped by SIGSTOP. */
export async function whileStopped(product: Product, part: string, work: () => Promise<void>): Promise<void> {
  const pid = await product.kill(part, 'SIGSTOP');
  try {
    await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** Runs work while a transaction of the schema's owner holds a lock. */
export async function whileLocked(product: Product, schema: 'core' | 'indexer', lock: string, work: () => Promise<void>): Promise<void> {
  const url = (await readFile(join(product.data, `secrets/${schema}-database-url`), 'utf8')).trim();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(lock);
    await work();
  } finally {
    await client.end();
  }
}

/** Runs work with the certificate of a service, as a thief of it would. */
export async function asService(product: Product, service: 'core' | 'recorder', work: (bus: Bus) => Promise<unknown>): Promise<void> {
  const nats = product.run.backing.find(({ name }) => name === 'nats')!;
  const mesh = join(product.data, 'secrets/mesh');
  const identity = { caFile: join(mesh, 'ca.crt'), certFile: join(mesh, `${service}.crt`), keyFile: join(mesh, `${service}.key`) };
  const bus = connectBus({ url: nats.url, service, identity, logger: createLogger({ service: 'a-thief', level: 'silent' }) });
  try {
    await bus.ready(10_000);
    await work(bus);
  } finally {
    await bus.close();
  }
}
