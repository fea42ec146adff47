import { expect, it } from 'vitest';
import { fileText } from './command-text.js';

const fact = { id: 'f', op: 'upload', path: '/srv/a', bytes: 3, sha256: 'ab'.repeat(32), ok: true, started_us: 0, ended_us: 1 };

it.each(['sftp', 'scp'])('the row of a file that came by %s has length and hash of the file', (protocol) => {
  expect(fileText({ ...fact, protocol }).output).toBe(`ok, 3 bytes, sha256 ${fact.sha256}`);
});

it.each(['rsync', 'git'])('the row of a transfer by %s says that length and hash are those of the wire', (protocol) => {
  expect(fileText({ ...fact, protocol }).output).toBe(`ok, 3 bytes on the wire, sha256 of the wire ${fact.sha256}`);
});
