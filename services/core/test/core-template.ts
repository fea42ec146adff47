import type { DatabaseTemplate } from '@sallyport/testkit';
import { createDataSource } from '../src/database/index.js';

/** A database with core's schema, for tests. */
export const coreTemplate: DatabaseTemplate = {
  name: 'core',
  migrate: async ({ coreUrl }) => {
    const dataSource = await createDataSource(coreUrl).initialize();
    try {
      await dataSource.runMigrations();
    } finally {
      await dataSource.destroy();
    }
  },
};
