import { Username } from '@sallyport/contracts';
import { describe, expect, it } from 'vitest';
import { attemptOf } from './attempt.js';

const nameOf = (username: string): string => attemptOf(username, undefined).username;

describe('attemptOf', () => {
  it('leaves a name that a user can have as it is', () => {
    expect(nameOf('Alice.O-1')).toBe('Alice.O-1');
  });

  it.each(['bob\0', '\u001b[2J', 'bob\u202e', 'a'.repeat(1000), '\n'])('turns %j into a name that no user can have', (typed) => {
    expect(Username.safeParse(nameOf(typed)).success).toBe(false);
    expect(nameOf(typed)).not.toMatch(/\p{Cc}/u);
    expect(nameOf(typed).length).toBeLessThan(300);
  });
});
