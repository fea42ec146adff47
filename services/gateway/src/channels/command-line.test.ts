import { expect, it } from 'vitest';
import { SshWriter } from '../ssh/index.js';
import { readCommandLine } from './command-line.js';

const request = (command: string | Buffer): Buffer => new SshWriter().writeString(command).finish();

it('a command line in UTF-8 is recorded as text', () => {
  expect(readCommandLine(request('echo größe'))).toEqual({ command: 'echo größe' });
});

it('a command that hides its text in bytes that are not UTF-8 is recorded byte for byte', () => {
  const bytes = Buffer.from('eval "$(printf \xf4\xef\xf5\xe3\xe8 | tr \x80-\xff)"', 'latin1');
  expect(readCommandLine(request(bytes))).toEqual({
    command: 'eval "$(printf \\xf4\\xef\\xf5\\xe3\\xe8 | tr \\x80-\\xff)"',
    command_base64: bytes.toString('base64'),
  });
});
