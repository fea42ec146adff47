import { z } from 'zod';
import { Id } from './field.js';
import { listQuery } from './page.js';

/** An asset that the caller may reach, with the accounts that it may use there. */
export const OwnAssetView = z
  .object({
    id: Id,
    name: z.string(),
    address: z.string(),
    port: z.number().int(),
    comment: z.string(),
    accounts: z.array(z.object({ id: Id, username: z.string() })).describe('Accounts that the caller may connect as now'),
  })
  .meta({ id: 'OwnAsset' });
export type OwnAssetView = z.infer<typeof OwnAssetView>;

export const OwnAssetListQuery = z.strictObject(listQuery(['name'])).omit({ order: true });
export type OwnAssetListQuery = z.infer<typeof OwnAssetListQuery>;
