import { describe, expect, it } from 'vitest';
import { refuseEasyPassword } from './password.policy.js';

describe('refuseEasyPassword', () => {
  it.each([
    ['short', 'eleven-char', /at least 12 characters/],
    ['of one character', 'aaaaaaaaaaaaaaaa', /different characters/],
    ['of two characters', 'abababababababab', /different characters/],
    ['made of the user name', 'alice-smith1', /user name/],
  ])('refuses a password that is %s', (_, password, words) => {
    expect(() => refuseEasyPassword(password, 'alice-smith')).toThrow(words);
  });

  it.each(['correct horse battery', 'Zwölf Zeichen', 'alice-smith likes long walks'])('takes "%s"', (password) => {
    expect(() => refuseEasyPassword(password, 'alice-smith')).not.toThrow();
  });

  it('never quotes the password', () => {
    expect(() => refuseEasyPassword('hunter2', 'alice')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }) as Error,
    );
  });
});
