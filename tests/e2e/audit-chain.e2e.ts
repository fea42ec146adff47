import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startProduct, type Product, type Rest } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const SALLYPORT = fileURLToPath(new URL('../../services/cli/dist/main.js', import.meta.url));

interface Chain {
  readonly is_intact: boolean;
  readonly checked: number;
  readonly problem: string | null;
}

let product: Product;
let admin: Rest;
beforeAll(async () => {
  product = await startProduct();
  admin = await product.asAdmin();
});
afterAll(() => product.stop());

const chain = (): Promise<Chain> => admin.get<Chain>('audits/events/chain');

/** Runs statements over the URL in a file of the secrets. */
async function inDatabase(urlFile: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: await readFile(path.join(product.data, 'secrets', urlFile), 'utf8') });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Runs `sallyport verify audit` on a fresh export. */
async function verify(anchors: string): Promise<{ code: number | null; out: string }> {
  const file = path.join(product.data, 'audit-events.ndjson');
  await writeFile(file, await admin.download('audits/events/export'));
  const key = path.join(product.data, 'audit-signing.pub.pem');
  const args = [SALLYPORT, 'verify', 'audit', file, '--anchors', path.join(product.data, anchors), '--public-key', key];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { code: status, out: stdout + stderr };
}

describe('the audit chain', () => {
  it('is anchored from the start on, and proven offline by the recordings’ store or by core’s log alone', async () => {
    await vi.waitFor(async () => expect(await chain()).toMatchObject({ is_intact: true, is_anchored: true }), 10_000);
    for (const anchors of ['recordings', 'recordings/audit/anchors', 'log/core.log'])
      expect(await verify(anchors)).toEqual({ code: 0, out: expect.stringMatching(/^OK [^]*proven up to event \d+ by anchor 1 of /) });
  });

  it('refuses every change to the role of the running core', async () => {
    for (const statement of ['DELETE FROM core.audit_event', `UPDATE core.audit_event SET actor_name = 'x'`, 'SET ROLE core'])
      await expect(inDatabase('core-service-database-url', statement)).rejects.toThrow('permission denied');
  });

  it('shows that the owner of the database cut the newest events, which no anchor names yet', async () => {
    const { checked } = await chain();
    await admin.post('users/users', { username: 'traitor' });
    expect((await chain()).checked).toBeGreaterThan(checked);
    await inDatabase(
      'core-database-url',
      'ALTER TABLE core.audit_event DISABLE TRIGGER USER',
      'ALTER TABLE core.audit_link DISABLE TRIGGER USER',
      `DELETE FROM core.audit_event WHERE id NOT IN (SELECT event_id FROM core.audit_link WHERE seq <= ${checked})`,
      `DELETE FROM core.audit_link WHERE seq > ${checked}`,
      `UPDATE core.audit_head SET (seq, hash) = (SELECT seq, hash FROM core.audit_link WHERE seq = ${checked})`,
      'ALTER TABLE core.audit_event ENABLE TRIGGER USER',
      'ALTER TABLE core.audit_link ENABLE TRIGGER USER',
    );
    expect(await chain()).toMatchObject({ is_intact: false, broken_at: checked + 1, problem: expect.stringContaining('missing') });
  });
});
