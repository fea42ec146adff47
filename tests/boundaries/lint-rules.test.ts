import path from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
// The planted files do not exist, so rules that need types are left to `pnpm lint`.
const eslint = new ESLint({
  cwd: root,
  overrideConfig: {
    languageOptions: { parserOptions: { project: null, program: null } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-misused-promises': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'off',
    },
  },
});

const messagesOf = async (file: string, code: string): Promise<string[]> => {
  const [result] = await eslint.lintText(code, { filePath: path.join(root, file) });
  return (result?.messages ?? []).map(({ ruleId, message }) => `${ruleId ?? ''}: ${message}`);
};

describe('lint rules', () => {
  it.each([
    ['process.env outside config.ts', 'export const url = process.env["NATS_URL"];', 'n/no-process-env'],
    ['time that no test can hold still', 'export const at = Date.now();', 'Use the Clock of libs/context'],
    ['random ids', 'export const id = Math.random();', 'Use uuidv7'],
    ['an index that lists no names', "export * from './rows.js';", 'Name each export'],
    ['any', 'export const row: any = 1;', 'no-explicit-any'],
    ['console output of a service', 'console.log("hi");', 'no-console'],
  ])('find %s', async (_name, code, expected) => {
    expect((await messagesOf('services/gateway/src/session/planted.ts', code)).join('\n')).toContain(expected);
  });

  it.each([
    ['an endpoint without a right', "class Planted { @Get('x') read(): void {} }", 'Add @Endpoint'],
    [
      'a table that is read over all organizations',
      'export const rows = (database) => database.everyOrg(ctx, AssetEntity);',
      'Use database.tenant',
    ],
    ['SQL past the organization', "class Planted { run() { return this.database.sql(ctx, 'SELECT 1'); } }", 'Use database.tenant'],
  ])('find %s in core', async (_name, code, expected) => {
    expect((await messagesOf('services/core/src/modules/assets/planted.ts', code)).join('\n')).toContain(expected);
  });

  it.each([
    ['a forbidden word in a comment', '/** Returns the user, whoever that is. */\nexport const user = 1;', 'name the subject'],
    ['a doc comment of a function that begins with a noun', '/** The user. */\nexport function user(): number { return 1; }', 'not a verb'],
    [
      'a comment that begins with "What"',
      '/** What a user sends. */\nexport interface Sent { readonly text: string }',
      'Begins with "What"',
    ],
    [
      'a sentence of too many words',
      `/** Returns ${'one word after the other and '.repeat(6)}so on. */\nexport const user = 1;`,
      'A sentence of',
    ],
    ['a forbidden word in an error text', "export const fail = () => { throw new Error('nobody is there'); };", 'name the subject'],
    ['a forbidden word in a log line', "export const log = (logger) => logger.warn({}, 'somebody left');", 'name the subject'],
    ['a forbidden word in a summary', "export const facts = { summary: 'Tells the state' };", 'Tells'],
  ])('find %s', async (_name, code, expected) => {
    expect((await messagesOf('services/gateway/src/session/planted.ts', code)).join('\n')).toContain(expected);
  });

  it('accept an endpoint with a right', async () => {
    const code = "export class Planted { @Get('x') @Endpoint({ right: 'public', summary: 'Read' }) read(): void {} }";
    expect((await messagesOf('services/core/src/modules/assets/planted.ts', code)).filter((each) => each.includes('@Endpoint'))).toEqual(
      [],
    );
  });

  it('let config.ts read the environment', async () => {
    expect(await messagesOf('services/gateway/src/config.ts', 'export const url = process.env["NATS_URL"];')).toEqual([]);
  });
});
