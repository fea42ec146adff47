import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');
const cruiser = path.join(root, 'node_modules/.bin/depcruise');

/** A tree that breaks every rule once, and has no other violation. */
const PLANTED: Record<string, { rule: string; files: Record<string, string> }> = {
  cycle: { rule: 'no-cycles', files: { 'libs/a/src/one.ts': "import './two.js';", 'libs/a/src/two.ts': "import './one.js';" } },
  islands: {
    rule: 'services-are-islands',
    files: { 'services/gateway/src/peek.ts': "import '../../core/src/secret.js';", 'services/core/src/secret.ts': 'export {};' },
  },
  libs: { rule: 'libs-know-no-service', files: { 'libs/a/src/up.ts': "import '../../../services/core/src/secret.js';" } },
  modules: {
    rule: 'modules-through-index',
    files: {
      'services/core/src/modules/users/deep.ts': "import '../assets/asset.service.js';",
      'services/core/src/modules/assets/asset.service.ts': 'export {};',
    },
  },
  orm: { rule: 'orm-stays-in-persistence', files: { 'services/core/src/modules/users/user.service.ts': "import 'typeorm';" } },
  entities: {
    rule: 'transport-does-not-see-entities',
    files: {
      'services/core/src/modules/users/user.controller.ts': "import './user.entity.js';",
      'services/core/src/modules/users/user.entity.ts': 'export {};',
    },
  },
  ssh2: { rule: 'ssh2-in-tests-only', files: { 'services/gateway/src/ssh/dial.ts': "import 'ssh2';" } },
  engine: {
    rule: 'engine-behind-the-ssh-folder',
    files: { 'services/gateway/src/session/dial.ts': "import '../../../../libs/ssh/src/index.js';", 'libs/ssh/src/index.ts': 'export {};' },
  },
  grpc: { rule: 'grpc-stays-in-rpc', files: { 'services/gateway/src/peers/core.ts': "import '@grpc/grpc-js';" } },
  nats: { rule: 'nats-stays-in-bus', files: { 'services/recorder/src/publish.ts': "import '@nats-io/jetstream';" } },
  s3: { rule: 's3-stays-in-object-store', files: { 'services/recorder/src/upload.ts': "import 'minio';" } },
  elasticsearch: {
    rule: 'elasticsearch-stays-in-the-indexer',
    files: { 'services/core/src/search.ts': "import '@elastic/elasticsearch';" },
  },
  postgres: { rule: 'postgres-stays-with-its-owners', files: { 'services/gateway/src/rows.ts': "import 'pg';" } },
  testkit: {
    rule: 'testkit-only-in-tests',
    files: { 'services/core/src/shortcut.ts': "import '../../../libs/testkit/src/index.js';", 'libs/testkit/src/index.ts': 'export {};' },
  },
  backing: {
    rule: 'backing-only-where-parts-are-started',
    files: { 'services/core/src/start.ts': "import '../../../libs/backing/src/index.js';", 'libs/backing/src/index.ts': 'export {};' },
  },
  undeclared: { rule: 'declared-packages-only', files: { 'services/core/src/surprise.ts': "import 'left-pad';" } },
};
const PACKAGES = ['typeorm', 'ssh2', '@grpc/grpc-js', '@nats-io/jetstream', 'minio', '@elastic/elasticsearch', 'pg'];

let tree: string;
let violations: { from: string; rule: { name: string } }[];

beforeAll(async () => {
  tree = await mkdtemp(path.join(tmpdir(), 'planted-'));
  await Promise.all(['.dependency-cruiser.cjs', 'tsconfig.base.json'].map((file) => cp(path.join(root, file), path.join(tree, file))));
  const plant = async (file: string, text: string) => {
    await mkdir(path.dirname(path.join(tree, file)), { recursive: true });
    await writeFile(path.join(tree, file), text);
  };
  await plant(
    'package.json',
    JSON.stringify({ name: 'planted', type: 'module', dependencies: Object.fromEntries(PACKAGES.map((name) => [name, '1.0.0'])) }),
  );
  for (const name of PACKAGES) {
    await plant(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    await plant(`node_modules/${name}/index.js`, '');
  }
  for (const { files } of Object.values(PLANTED)) for (const [file, text] of Object.entries(files)) await plant(file, text);
  const result = await run(cruiser, ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'libs', 'services'], {
    cwd: tree,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { stdout: string }) => error);
  violations = (JSON.parse(result.stdout) as { summary: { violations: typeof violations } }).summary.violations;
}, 60_000);

afterAll(() => rm(tree, { recursive: true, force: true }));

describe('dependency rules', () => {
  it.each(Object.entries(PLANTED))('find the planted %s', (_name, { rule, files }) => {
    const planter = Object.keys(files)[0];
    expect(violations.filter(({ from }) => from === planter).map((each) => each.rule.name)).toContain(rule);
  });

  it('find nothing else', () => {
    const planted = new Set(Object.values(PLANTED).map(({ rule }) => rule));
    expect(violations.filter(({ rule }) => !planted.has(rule.name))).toEqual([]);
  });

  it('leave no rule without a planted violation', async () => {
    const { default: config } = (await import(path.join(root, '.dependency-cruiser.cjs'))) as {
      default: { forbidden: { name: string }[] };
    };
    expect(config.forbidden.map(({ name }) => name).sort()).toEqual(
      Object.values(PLANTED)
        .map(({ rule }) => rule)
        .sort(),
    );
  });
});
