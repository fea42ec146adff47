import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { FileOrder } from './tests/file-order.ts';

/** Lets Node keep compiled packages: each test file and each product process that it starts loads the same ones. */
const env = { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/node-compile', import.meta.url)) };

/** Loads the built libraries as Node does in production, instead of transforming each of their files again. */
const server = { deps: { external: [/\/libs\/[^/]+\/dist\//] } };
const exclude = ['**/node_modules/**', '**/dist/**'];

/**
 * Sizes, as docs/architecture.md has them. unit: nothing outside the process; int: real parts; conformance: the SSH engine and its peers.
 * rest: generated requests to the whole product; observability: its metrics, traces and alerts; images: the container images, built and run;
 * cluster: the chart on a Kubernetes; e2e: the whole product.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: FileOrder },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{libs,services,deploy}/**/*.test.ts'],
          exclude: [...exclude, '**/*.int.test.ts'],
          testTimeout: 10_000,
        },
      },
      {
        test: {
          name: 'int',
          include: ['{libs,services,deploy}/**/*.int.test.ts', 'tests/boundaries/**/*.test.ts'],
          exclude,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          server,
          env,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.e2e.ts'],
          exclude,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'rest',
          include: ['tests/rest/**/*.rest.ts'],
          exclude,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['tests/cluster/**/*.cluster.ts'],
          exclude,
          globalSetup: 'tests/cluster/cluster-setup.ts',
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'observability',
          include: ['tests/observability/**/*.check.ts'],
          exclude,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'images',
          include: ['tests/images/**/*.images.ts'],
          exclude,
          globalSetup: ['tests/images/build-all.ts'],
          testTimeout: 120_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['tests/conformance/**/*.conformance.ts'],
          exclude,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
