import type { DatabaseTemplate } from '@sallyport/testkit';
import { createDataSource, migrate, roleOf } from '../src/database/index.js';

/** A database with core's schema, for tests. */
export const coreTemplate: DatabaseTemplate = {
  name: 'core',
  migrate: async ({ coreUrl, coreServiceUrl }) => {
    const dataSource = await createDataSource(coreUrl).initialize();
    try {
      await migrate(dataSource, roleOf(coreServiceUrl));
    } finally {
      await dataSource.destroy();
    }
  },
};
