import { describe, expect, it } from 'vitest';
import { refuseForeignSite } from './refuse-foreign-site.js';

const outcome = (headers: Record<string, string>, publicUrl?: string, method = 'POST', host = 'gate.example:8080'): string => {
  try {
    refuseForeignSite({ method, host, headers }, publicUrl);
    return 'taken';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a change that a web page sends', () => {
  it('is taken from the own site, and from programs, which name none', () => {
    expect(outcome({})).toBe('taken');
    expect(outcome({ origin: 'http://gate.example:8080', 'sec-fetch-site': 'same-origin' })).toBe('taken');
    expect(outcome({ origin: 'http://gate.example:8080' }, undefined, 'POST', 'GATE.example:8080')).toBe('taken');
    expect(outcome({ origin: 'https://gate.example' }, 'https://gate.example/', 'POST', 'core.internal:8080')).toBe('taken');
  });

  it.each(['http://evil.example', 'http://gate.example', 'http://gate.example:8080.evil.example', 'null', '', 'http://', 'file:///x'])(
    'is refused from the origin "%s"',
    (origin) => expect(outcome({ origin })).toContain('another site'),
  );

  it('is refused from a page that claims core’s address by DNS (rebinding), where the public URL is set', () => {
    expect(outcome({ origin: 'http://evil.example' }, 'https://gate.example', 'POST', 'evil.example')).toContain('"http://evil.example"');
  });

  it('is refused where the browser says that another site sends it', () => {
    expect(outcome({ 'sec-fetch-site': 'cross-site' })).toContain('another site');
    expect(outcome({ 'sec-fetch-site': 'none' })).toBe('taken');
  });

  it('reads are open: without the bearer token they show nothing', () => {
    expect(outcome({ origin: 'http://evil.example' }, undefined, 'GET')).toBe('taken');
  });
});
