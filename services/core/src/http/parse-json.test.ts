import { describe, expect, it } from 'vitest';
import { parseJson } from './parse-json.js';

const problemOf = (text: string): string => {
  try {
    parseJson(text);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a JSON body', () => {
  it('is parsed, with brackets and quotes inside its texts', () => {
    const value = { a: ['[[[['.repeat(100), '\\"{{', { b: null }], c: '\\' };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
  });

  it.each([
    ['half a million lists', '['.repeat(500_000) + ']'.repeat(500_000)],
    ['objects in objects', '{"a":'.repeat(100) + '1' + '}'.repeat(100)],
  ])('of %s is refused before it is parsed', (_, text) => expect(problemOf(text)).toContain('more than 32 levels'));

  it.each([
    ['', 'it is empty'],
    [' \n', 'it is empty'],
    ['{"password": "secret-text', 'not valid JSON'],
    ['{"password": "secret-text" secret-text}', 'look at character 27'],
  ])('%j is refused without a quote of it', (text, message) => {
    expect(problemOf(text)).toContain(message);
    expect(problemOf(text)).not.toContain('secret-text');
  });
});
