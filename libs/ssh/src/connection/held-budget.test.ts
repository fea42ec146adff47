import { expect, it } from 'vitest';
import { EventQueue } from './event-queue.js';
import { HeldBudget } from './held-budget.js';

it('what is read once there is room again comes behind what made the room', async () => {
  const order: string[] = [];
  const budget = new HeldBudget(
    1000,
    () => order.push('held'),
    () => order.push('read on'),
  );
  const queue = new EventQueue(budget);
  queue.pushData(Buffer.alloc(4000, 'x'), 0);
  queue.shift();
  order.push('handed on');
  await Promise.resolve();
  expect(order).toEqual(['held', 'handed on', 'read on']);
});
