import { describe, expect, it } from 'vitest';
import { fold, foldedInput, textSearch, wordsOf } from './search-text.js';

describe('words', () => {
  it.each([
    ['cat /etc/nginx/nginx.conf', ['cat', 'etc', 'nginx', 'conf']],
    ['docker-compose UP -d', ['docker', 'compose', 'up', 'd']],
    ['MY_VAR=10.0.0.1', ['my_var', '10', '0', '1']],
    ['ＦＵＬＬ ｗｉｄｔｈ ﬁle', ['full', 'width', 'file']],
    ['e\u0301te\u0301', ['été']],
    ["it's; a | b && c", ['it', 's', 'a', 'b', 'c']],
    ['日本語 журнал', ['日本語', 'журнал']],
    ['&& || ""', []],
  ])('of %s', (text, expected) => expect(wordsOf(text)).toEqual(expected));

  it('hold no sign that a query language could trip over', () => {
    const everything = Array.from({ length: 0x3000 }, (_, at) => String.fromCodePoint(at)).join(' ');
    for (const word of wordsOf(everything)) expect(word).toMatch(/^[^\s'"\\&|!():*<>]+$/);
  });

  it('are cut where they are very long, never within a character', () => {
    expect(wordsOf('𝕏'.repeat(1_000))).toEqual(['x'.repeat(256)]);
    expect(wordsOf('𐍈'.repeat(1_000))).toEqual(['𐍈'.repeat(128)]);
    expect(wordsOf(`a${'𐍈'.repeat(1_000)}`)[0]?.isWellFormed()).toBe(true);
  });
});

describe('the folded input', () => {
  it('makes case, forms and white space one', () => expect(fold('  A\tB\r\n\n c\u00a0D  ')).toBe('a b c d'));

  it('stays below what Lucene takes for a term, and holds no half character', () => {
    for (const text of ['ﷺ'.repeat(9_000), '𐍈'.repeat(9_000), `a${'𐍈'.repeat(9_000)}`, '中'.repeat(9_000)]) {
      expect(Buffer.byteLength(foldedInput(text))).toBeLessThan(32_766);
      expect(foldedInput(text).isWellFormed()).toBe(true);
    }
  });
});

describe('a search', () => {
  it('is none when blank', () => expect([undefined, '', ' \n'].map(textSearch)).toEqual([undefined, undefined, undefined]));
  it('asks for a part alone where there is no word', () => expect(textSearch(' && ')).toEqual({ part: '&&', words: [] }));
  it('asks for words and the part', () => expect(textSearch('Rm  -rf')).toEqual({ part: 'rm -rf', words: ['rm', 'rf'] }));
});
