import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as contracts from '../index.js';

/** Every number that a query of the API takes, as [query, parameter]. */
const NUMBERS = Object.entries<unknown>(contracts)
  .filter((entry): entry is [string, z.ZodObject] => entry[0].endsWith('Query') && entry[1] instanceof z.ZodObject)
  .flatMap(([name, schema]) => numbersOf(schema).map((parameter) => [name, parameter, schema] as const));

function numbersOf(schema: z.ZodObject): string[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  return Object.keys(properties).filter((key) => ['integer', 'number'].includes(String((properties[key] as { type?: string }).type)));
}

describe('a number of a query', () => {
  it('is a number in the OpenAPI document', () => {
    const names = NUMBERS.map(([name, parameter]) => `${name}.${parameter}`);
    expect(names).toEqual(expect.arrayContaining(['HostListQuery.offset', 'CommandListQuery.limit', 'ReplayQuery.from_seconds']));
    expect(names.length).toBeGreaterThan(20);
  });

  it.each(NUMBERS)('%s.%s is refused as empty text, blank, other notation or list', (_name, parameter, schema) => {
    for (const value of ['', ' ', ' 1', '0x10', '1e1', 'Infinity', ['1'], true, 'null'])
      expect(schema.safeParse({ [parameter]: value }).error?.issues[0], JSON.stringify(value)).toMatchObject({
        path: [parameter],
        message: expect.stringMatching(/^must be a (whole )?number$/) as string,
      });
    expect(schema.safeParse({ [parameter]: '1' }).success).toBe(true);
  });
});
