import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProduct, workFolder, type Product, type WorkFolder } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toolPath } from './tools.mjs';

/** More examples, or others, than the lane has: `REST_FUZZ="--max-examples 200"`. */
const MORE = (process.env['REST_FUZZ'] ?? '').split(' ').filter(Boolean);

const HERE = fileURLToPath(new URL('.', import.meta.url));

let folder: WorkFolder;
let product: Product;
let document: string;
beforeAll(async () => {
  [folder, product] = await Promise.all([workFolder('rest'), startProduct()]);
  document = join(folder.path, 'openapi.json');
  await writeFile(document, await (await fetch(`${product.api}/api/openapi.json`)).text());
});
afterAll(async () => {
  await product.stop();
  await folder.remove();
});

/** Runs a program and returns its exit code and all that it printed. */
const run = (program: string, args: readonly string[]): Promise<{ code: unknown; output: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, PYTHONPATH: HERE, PYTHONDONTWRITEBYTECODE: '1', SCHEMATHESIS_HOOKS: 'checks', COLUMNS: '160' };
    execFile(toolPath(program), args, { cwd: folder.path, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: `${stdout}${stderr}` }),
    );
  });

it('the OpenAPI document is valid', async () => {
  const { code, output } = await run('openapi-spec-validator', [document]);
  expect(code, output).toBe(0);
});

it('generated requests, valid and not, get answers that the document has', async () => {
  const { token } = await product.asAdmin();
  const config = fileURLToPath(new URL('schemathesis.toml', import.meta.url));
  const header = `Authorization: Bearer ${token}`;
  const args = ['--config-file', config, 'run', document, '--url', product.api, '-H', header, ...MORE];
  const { code, output } = await run('schemathesis', args);
  expect(code, `${output.replaceAll(token, '…')}\nThe seed is fixed: the same requests come again.`).toBe(0);
  expect(output).toMatch(/Test cases:\s+\d{3,} generated/);
});
