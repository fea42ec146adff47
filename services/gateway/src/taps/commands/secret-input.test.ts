import { expect, it } from 'vitest';
import { secretInput } from './secret-input.js';

it.each([
  ['sudo -S id', 'first-line'],
  ['sudo -kS bash', 'first-line'],
  ["sh -c 'sudo -H -S -p pw: -u root sh'", 'first-line'],
  ['su -c id', 'first-line'],
  ['passwd', 'all'],
  ['sudo chpasswd', 'all'],
  ['sudo -S chpasswd', 'all'],
  ['docker login -u x --password-stdin', 'all'],
  ['openssl enc -d -pass stdin', 'all'],
  ['sudo id', 'none'],
  ['cat > /etc/passwd', 'none'],
  ['tee /etc/passwd', 'none'],
  ['sort -S 1M', 'none'],
  ['PATH=/tmp:$PATH; echo sudo -S; sh', 'none'],
  ['m4 stdin', 'none'],
  ['echo passwd; m4', 'none'],
  ['sh -c m4 --password-stdin', 'none'],
  ['env X=1 sudo -S id', 'first-line'],
  ['', 'none'],
])('the input of %j may be a password: %s', (line, part) => {
  expect(secretInput(line)).toBe(part);
});
