import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');

const PLANTED = {
  'libs/errors/src/index.ts':
    'export abstract class AppError extends Error { abstract readonly code: string; abstract readonly kind: string; }',
  'libs/a/src/class.ts': `
    import { AppError } from '@sallyport/errors';
    /** The class
     * says so. */
    export class Gone extends AppError { readonly code = 'CLASS_GONE'; readonly kind = 'not_found'; }
    export class Silent extends AppError {
      readonly code = 'CLASS_SILENT';
      readonly kind = 'bug';
      constructor(name: string) { super(\`Nothing \${name} | nothing\`); }
    }`,
  'libs/a/src/parameter.ts': `
    import { AppError } from '@sallyport/errors';
    class Refused extends AppError {
      readonly kind = 'invalid';
      constructor(readonly status: number, readonly code: string, message: string) { super(message); }
    }
    const LATER = 'NAMED_BY_CONSTANT';
    export const refuse = (big: boolean) => [new Refused(413, big ? 'TOO_BIG' : 'TOO_SMALL', 'Another size'), new Refused(400, LATER, 'Not now')];`,
  'services/b/src/refusal.ts': `
    export const REFUSALS = {
      /** The user waits. */
      locked: { code: 'USER_LOCKED', message: 'Later.' },
      old: { code: 'USER_OLD', message: 'Too old.' },
    };
    class SignIn {
      begin() {
        // Core did not answer.
        return this.refuse('CORE_GONE', 'no text');
      }
      refuse(code: string, text: string) { return { code, text }; }
    }
    export const signIn = new SignIn();`,
  'services/b/src/factory.ts': `
    import { resourceErrors } from './resource-errors.js';
    export const { notFound: assetNotFound, inUse } = resourceErrors({ code: 'ASSET', noun: 'Asset' });
    export const zoneErrors = resourceErrors({ code: 'ZONE', noun: 'Zone' });`,
  'services/b/src/resource-errors.ts': 'export const resourceErrors = ({ code }: { code: string; noun: string }): any => ({ code });',
  'services/b/src/use.ts': "import { zoneErrors } from './factory.js'; throw zoneErrors.nameTaken('x');",
  'services/b/src/refusal.test.ts': "export const inTest = { code: 'ONLY_IN_TEST', message: '' };",
  'libs/testkit/src/index.ts': "export const inKit = { code: 'ONLY_IN_TESTKIT', message: '' };",
};
const TABLE = `| code | kind | where | when |
|---|---|---|---|
| \`ASSET_IN_USE\` | conflict | services/b | The asset is still in use and cannot be deleted. |
| \`ASSET_NOT_FOUND\` | not_found | services/b | There is no such asset, or it may not be seen. |
| \`CLASS_GONE\` | not_found | libs/a | The class says so. |
| \`CLASS_SILENT\` | bug | libs/a | Message: \`Nothing … \\| nothing\` |
| \`CORE_GONE\` | refusal | services/b | Core did not answer. |
| \`NAMED_BY_CONSTANT\` | invalid | libs/a | Message: \`Not now\` |
| \`TOO_BIG\` | invalid | libs/a | Message: \`Another size\` |
| \`TOO_SMALL\` | invalid | libs/a | Message: \`Another size\` |
| \`USER_LOCKED\` | refusal | services/b | The user waits. |
| \`USER_OLD\` | refusal | services/b | Message: \`Too old.\` |
| \`ZONE_NAME_TAKEN\` | conflict | services/b | Another zone has this name. |
`;

let tree: string;

const plant = async (files: Record<string, string>) => {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(tree, file)), { recursive: true });
    await writeFile(path.join(tree, file), text);
  }
};
const codesOf = async (folder: string) => (await run('node', [path.join(root, 'docs/gen-errors.mjs'), '--codes', folder])).stdout;

beforeAll(async () => {
  tree = await mkdtemp(path.join(tmpdir(), 'planted-'));
  await plant(PLANTED);
});
afterAll(() => rm(tree, { recursive: true, force: true }));

describe('docs/errors.md', () => {
  it('lists every planted code once, with its kind and a sentence, and none of the tests', async () => {
    expect(await codesOf(tree)).toBe(TABLE);
  });

  it('is refused when a code is put together where it cannot be read', async () => {
    await plant({
      'libs/a/src/computed.ts': 'const refuse = (code: string) => code;\nexport const of = (noun: string) => refuse(`${noun}_GONE`);',
    });
    await expect(codesOf(tree)).rejects.toThrow('libs/a/src/computed.ts:2: Cannot read the code that');
  });

  it('lists every text of the source that looks like a code', async () => {
    expect(unlistedIn(await literalsOf(root), await readFile(path.join(root, 'docs/errors.md'), 'utf8'))).toEqual([]);
  });

  it('fails that check when the source throws a code that the page lacks', async () => {
    expect(unlistedIn(await literalsOf(tree), TABLE.replace('TOO_BIG', 'TOO_TALL'))).toEqual(['TOO_BIG']);
  });
});

/** Texts in the form of a code that are the names of something else. */
const NOT_CODES = new Set([
  // The reason of an audit event: a connection that ended without a sign-in.
  'NO_SIGN_IN',
  'FST_ERR_MAX_PARAM_LENGTH',
  'INDEX_CREATED',
  'KUBERNETES_SERVICE_HOST',
  'KUBERNETES_SERVICE_PORT',
  'PG_VERSION',
  'SALLYPORT_DEAD',
  'SALLYPORT_EVENTS',
  'SALLYPORT_PASSWORD',
  'SALLYPORT_TOKEN',
  'SALLYPORT_URL',
  'SALLYPORT_USER',
  'SALLYPORT_WORK',
]);

/** Names of settings, from the pages of all services. */
const SETTINGS = globSync('deploy/env/*.md', { cwd: root })
  .map((page) => readFileSync(path.join(root, page), 'utf8'))
  .join();

/** Returns the texts in the form of a code in all files that ship, without the names of settings in config.ts files. */
async function literalsOf(folder: string): Promise<string[]> {
  const names = globSync(['libs/*/src/**/*.ts', 'services/*/src/**/*.ts', 'deploy/local/src/**/*.ts'], { cwd: folder });
  const shipped = names.filter((name) => !/\.(test|suite|d)\.ts$|\/config\.ts$|^libs\/(testkit|proto-gen)\//.test(name));
  const texts = await Promise.all(shipped.map((name) => readFile(path.join(folder, name), 'utf8')));
  return [
    ...new Set(
      texts
        .map(withoutPrefixes)
        .flatMap((text) => [...text.matchAll(/['"]([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)['"]/g)].map((match) => match[1] ?? '')),
    ),
  ].sort();
}

/** Removes the codes of `resourceErrors({ code: 'HOST_KEY', … })`: they are the beginning of codes, not codes. */
const withoutPrefixes = (text: string): string => text.replaceAll(/resourceErrors\(\{\s*code: '[A-Z_]+'/g, '');

const unlistedIn = (literals: readonly string[], page: string) =>
  literals.filter((literal) => !NOT_CODES.has(literal) && !SETTINGS.includes(`\`${literal}\``) && !page.includes(`\`${literal}\``));
