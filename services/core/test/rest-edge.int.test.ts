import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCore, type TestCore } from './a-core.js';

let it_: TestCore;
beforeAll(async () => {
  it_ = await aCore();
});
afterAll(() => it_.stop());

describe('the edge', () => {
  it('answers health to anybody', async () => {
    expect(await it_.call('GET', '/api/health')).toMatchObject({ status: 200, json: { status: 'ok' } });
  });
});
