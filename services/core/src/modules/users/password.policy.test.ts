import { describe, expect, it } from 'vitest';
import { refuseEasyPassword } from './password.policy.js';

const ALICE = { username: 'alice-smith', name: 'Alice van Dijk', email: 'boss@example.org' };

describe('refuseEasyPassword', () => {
  it.each([
    ['short', 'eleven-char', /at least 12 characters/],
    ['too long to check', 'correct horse battery '.repeat(12), /at most 256 characters/],
    ['not typed at a prompt', 'correct horse\u0007 battery', /control characters/],
    ['of one character', 'aaaaaaaaaaaaaaaa', /different characters/],
    ['of two characters', 'abababababababab', /different characters/],
    ['made of the user name', 'alice-smith1', /user name/],
  ])('refuses a password that is %s', async (_, password, message) => {
    await expect(refuseEasyPassword(password, ALICE)).rejects.toThrow(message);
  });

  it.each([
    ['password1234', /leaked/],
    ['123456789012', /leaked|row/],
    ['qwertyuiop12', /leaked|row/],
    ['Password123!', /leaked/],
    ['adminadminadmin', /leaked.*repetitions|repetitions/],
    ['letmeinletmein', /leaked/],
    ['iloveyou1234', /leaked/],
    ['aaaaabbbbbcccccd', /different characters/],
    ['aaaaabbbbbcccccde', /repetitions/],
    ['P@ssw0rd2024!', /leaked.*year/],
    ['Summer2025!!!', /leaked.*year/],
    ['drowssap1234', /leaked/],
    ['zaq12wsxcde3', /leaked|row/],
    ['Sallyport1234', /product/],
    ['vandijk-1234', /names of the user/],
    ['boss2024boss2024', /names of the user/],
    ['HUNTER2hunter2!', /leaked/],
    ['1q2w3e4r5t6y', /leaked/],
    ['trustno1trustno1', /leaked/],
  ])('refuses "%s", which heads the guesses of every program, and says why', async (password, message) => {
    await expect(refuseEasyPassword(password, ALICE)).rejects.toThrow(message);
  });

  it.each([
    'correct horse battery',
    'correcthorsebattery',
    'Zwölf Zeichen',
    'alice-smith likes long walks',
    'kX8d-9qQ2mzz',
    'vtqhzkwpbmxr',
    'hunter2-but-longer',
    'пароль из четырёх слов',
  ])('takes "%s"', async (password) => {
    await expect(refuseEasyPassword(password, ALICE)).resolves.toBeUndefined();
  });

  it('never quotes the password', async () => {
    for (const password of ['hunter2', 'hunter2hunter2'])
      await expect(refuseEasyPassword(password, ALICE)).rejects.toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('hunter2') as string }) as Error,
      );
  });
});
