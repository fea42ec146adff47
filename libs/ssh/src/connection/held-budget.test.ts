import { expect, it } from 'vitest';
import { EventQueue } from './event-queue.js';
import { HeldBudget } from './held-budget.js';

it('reading resumes only after the event that made room was delivered', async () => {
  const order: string[] = [];
  const budget = new HeldBudget(
    1000,
    () => order.push('held'),
    () => order.push('resumed'),
  );
  const queue = new EventQueue(budget);
  queue.pushData(Buffer.alloc(4000, 'x'), 0);
  queue.shift();
  order.push('delivered');
  await Promise.resolve();
  expect(order).toEqual(['held', 'delivered', 'resumed']);
});
