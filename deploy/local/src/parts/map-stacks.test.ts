import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAPPER = new URL('../../dist/parts/map-stacks.js', import.meta.url).href;
const SOURCE = `interface Left { readonly out: string }

export const fail = (left: Left): never => {
  throw new RangeError(left.out);
};
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'map-stacks-'));
  const { outputText, sourceMapText = '' } = ts.transpileModule(SOURCE, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2024, sourceMap: true },
    fileName: 'fails.ts',
  });
  await writeFile(join(folder, 'fails.js'), outputText.replace('module.js.map', 'fails.js.map'));
  await writeFile(join(folder, 'fails.js.map'), sourceMapText);
});
afterAll(() => rm(folder, { recursive: true }));

const stackOf = async (body: string): Promise<string> => {
  const program = join(folder, 'main.mjs');
  await writeFile(program, `import { fail } from './fails.js';\ntry { ${body} } catch (error) { console.log(error.stack); }\n`);
  return (await promisify(execFile)(process.execPath, ['--import', MAPPER, program])).stdout;
};

describe("a service's stack traces", () => {
  it('name the message and the lines of the TypeScript source', async () => {
    const stack = await stackOf(`fail({ out: 'too far' });`);
    expect(stack).toMatch(/^RangeError: too far\n {4}at fail \(file:\/\/\S+\/fails\.ts:4:\d+\)\n/);
  });

  it('keep the compiled lines of a file without a map', async () => {
    expect(await stackOf(`throw new Error('plain');`)).toMatch(/^Error: plain\n {4}at file:\/\/\S+\/main\.mjs:2:\d+\n/);
  });

  it('survive an error that can not be shown', async () => {
    const stack = await stackOf(`throw Object.defineProperty(new Error('x'), 'name', { get: () => { throw 1; } });`);
    expect(stack).toMatch(/^Error\n {4}at /);
  });
});
