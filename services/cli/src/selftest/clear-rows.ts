import { pageOf } from '@sallyport/contracts';
import { z } from 'zod';
import { callApi, sendToApi } from '../rest/call-api.js';
import { adminOf, PREFIX, type Plan } from './plan.js';

/** Rows with names, in the order in which they can be removed. */
const LISTS = ['perms/asset-permissions', 'assets/hosts', 'users/users'] as const;
const Rows = pageOf(z.object({ id: z.string(), name: z.string().optional(), username: z.string().optional() }));

/** Removes the rows of this test and of earlier ones. The test's admin can't remove itself: the next test does, and it expires before. */
export async function clearRows(url: string, token: string, plan: Plan): Promise<void> {
  for (const list of LISTS) {
    const { results } = await callApi(url, 'GET', `${list}?${new URLSearchParams({ search: PREFIX, limit: '200' })}`, Rows, { token });
    for (const { id, name, username } of results) {
      const label = username ?? name ?? '';
      if (label.startsWith(PREFIX) && label !== adminOf(plan)) await sendToApi(url, 'DELETE', `${list}/${id}`, { token });
    }
  }
}
