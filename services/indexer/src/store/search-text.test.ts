import { describe, expect, it } from 'vitest';
import { fold, foldedInput, textSearch, termsOf } from './search-text.js';

describe('terms', () => {
  it.each([
    ['cat /etc/nginx/nginx.conf', ['cat', 'etc', 'nginx', 'conf']],
    ['docker-compose UP -d', ['docker', 'compose', 'up', 'd']],
    ['MY_VAR=10.0.0.1', ['my_var', '10', '0', '1']],
    ['ＦＵＬＬ ｗｉｄｔｈ ﬁle', ['full', 'width', 'file']],
    ['e\u0301te\u0301', ['été']],
    ["it's; a | b && c", ['it', 's', 'a', 'b', 'c']],
    ['日本語 журнал', ['日本語', 'журнал']],
    ['&& || ""', []],
  ])('of %s', (text, expected) => expect(termsOf(text)).toEqual(expected));

  it('contain no sign of a query language', () => {
    const everything = Array.from({ length: 0x3000 }, (_, at) => String.fromCodePoint(at)).join(' ');
    for (const term of termsOf(everything)) expect(term).toMatch(/^[^\s'"\\&|!():*<>]+$/);
  });

  it('are truncated if very long, never within a character', () => {
    expect(termsOf('𝕏'.repeat(1_000))).toEqual(['x'.repeat(256)]);
    expect(termsOf('𐍈'.repeat(1_000))).toEqual(['𐍈'.repeat(128)]);
    expect(termsOf(`a${'𐍈'.repeat(1_000)}`)[0]?.isWellFormed()).toBe(true);
  });
});

describe('the folded input', () => {
  it('unifies case, compatibility forms and white space', () => expect(fold('  A\tB\r\n\n c\u00a0D  ')).toBe('a b c d'));

  it('is shorter than Lucene’s limit for a term, and contains no half character', () => {
    for (const text of ['ﷺ'.repeat(9_000), '𐍈'.repeat(9_000), `a${'𐍈'.repeat(9_000)}`, '中'.repeat(9_000)]) {
      expect(Buffer.byteLength(foldedInput(text))).toBeLessThan(32_766);
      expect(foldedInput(text).isWellFormed()).toBe(true);
    }
  });
});

describe('a search', () => {
  it('is undefined if the text is blank', () => expect([undefined, '', ' \n'].map(textSearch)).toEqual([undefined, undefined, undefined]));
  it('looks for a part alone if the text is without terms', () => expect(textSearch(' && ')).toEqual({ part: '&&', terms: [] }));
  it('looks for terms and the part', () => expect(textSearch('Rm  -rf')).toEqual({ part: 'rm -rf', terms: ['rm', 'rf'] }));
});
