import { systemCtx, inOrg } from '@sallyport/context';
import { expect, it } from 'vitest';
import { AssetEntity } from '../modules/assets/asset.entity.js';
import { OrgEntity } from '../modules/orgs/org.entity.js';
import type { Database } from './database.js';

// The types lane compiles this file. Each @ts-expect-error below fails it as soon as the mistake compiles.
it('a table with an organization compiles only with a context that has one', () => {
  const reach = (database: Database): void => {
    const [nowhere, somewhere] = [systemCtx('test'), inOrg(systemCtx('test'), 'an-org')];
    database.tenant(somewhere, AssetEntity);
    database.global(nowhere, OrgEntity);
    // @ts-expect-error: the context has no organization
    database.tenant(nowhere, AssetEntity);
    // @ts-expect-error: the table has organizations
    database.global(nowhere, AssetEntity);
    // @ts-expect-error: the table has no organizations
    database.tenant(somewhere, OrgEntity);
  };
  expect(reach).toBeTypeOf('function');
});
