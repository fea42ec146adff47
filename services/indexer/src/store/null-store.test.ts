import { expect, it } from 'vitest';
import { aCommand } from '../../test/a-command.js';
import { nullStore } from './null-store.js';

it('accepts everything, stores nothing, and refuses searches instead of finding nothing', async () => {
  await nullStore.prepare();
  expect(await nullStore.add([aCommand('o')])).toEqual(new Map());
  await expect(nullStore.find({ orgId: 'o', limit: 1, offset: 0 })).rejects.toMatchObject({ code: 'COMMANDS_NOT_KEPT', kind: 'not_found' });
});
