import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openShell, startProduct, type Product } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminOver, type Admin } from './admin.ts';
import { secondGateway, type SecondGateway } from './sealing-gateway.ts';
import { sallyport } from './verify.ts';
import { eventually } from './wait.ts';

let product: Product;
let admin: Admin;
let gateway: SecondGateway;
const keyFile = (): string => path.join(product.data, '../auditors.key');
beforeAll(async () => {
  product = await startProduct();
  admin = adminOver(await product.asAdmin());
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const publicFile = path.join(product.data, 'auditors.pub');
  await writeFile(publicFile, publicKey.export({ type: 'spki', format: 'pem' }));
  await writeFile(keyFile(), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  gateway = await secondGateway(await product.pidOf('gateway'), product.data, {
    GATEWAY_AUDITORS_KEY_FILE: publicFile,
    GATEWAY_KEEP_UNSEEN_INPUT: 'true',
    LOG_LEVEL: 'debug',
  });
});
afterAll(async () => {
  await gateway.stop();
  await product.stop();
});

/** Returns the files of the product that contain a text: databases, streams, recordings, spools and logs. */
async function filesWith(text: string): Promise<string[]> {
  const names = await readdir(product.data, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const found = await Promise.all(files.map(async (file) => (await readFile(file).catch(() => Buffer.alloc(0))).includes(text)));
  return files.filter((_, at) => found[at]);
}

it('a line typed without echo is nowhere in the product in the clear, and auditors read it with their key', async () => {
  const secret = `canary-${randomBytes(8).toString('hex')}`;
  const shown = `shown-${randomBytes(8).toString('hex')}`;
  const shell = openShell({ ...(await product.ssh()), port: gateway.port });
  await shell.expect(/[$#%>] ?$/);
  shell.type(`read -s -p 'Password: ' x; echo ${shown}\r`);
  await shell.expect(/Password: $/);
  shell.type(`${secret}\r`);
  await shell.expect(shown);
  shell.type('exit\r');
  await shell.exited;
  const row = await eventually(20_000, async () => (await admin.commands({ search: shown })).results[0]);
  const bundle = await eventually(20_000, () => admin.replay(row.session, 'bundle').catch(() => undefined));

  const places = (await filesWith(shown)).map((file) => path.relative(product.data, file).split('/')[0]);
  expect(places).toEqual(expect.arrayContaining(['nats', 'postgres', 'recordings'])); // the search finds what is stored in the clear
  expect(await filesWith(secret)).toEqual([]);
  expect(gateway.log()).not.toContain(secret);
  expect((await admin.replay(row.session, 'asciicast')).toString()).toContain(`sealed input, ${secret.length} bytes`);

  const file = path.join(product.data, '../bundle.tar');
  await writeFile(file, bundle);
  const { public_key_file: recorders } = await product.run();
  const opened = await sallyport(['recording', 'open-input', file, '--public-key', recorders, '--key', keyFile()]);
  expect(opened).toEqual({ code: 0, output: expect.stringContaining(`channel 1 typed without echo: "${secret}"`) });
});
