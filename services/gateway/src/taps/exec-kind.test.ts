import { describe, expect, it } from 'vitest';
import { execKind } from './exec-kind.js';

describe('an exec request', () => {
  it.each([
    ['scp -t /tmp', 'scp'],
    ['scp -r -p -f -- /etc', 'scp'],
    ['/usr/bin/scp -pt .', 'scp'],
    ['scp -t -r /tmp', 'scp'],
    ['scp -v -f -d dir', 'scp'],
    ['scp -c -t -S /tmp/shell a:b /tmp/c', 'command'],
    ['scp -S -t a:b /tmp/c', 'command'],
    ['scp -vc -t -S /tmp/shell a:b /tmp/c', 'command'],
    ['rsync --server --sender -vlogDtpre.iLsfxCIvu . /etc', 'rsync'],
    ["git-upload-pack 'repo.git'", 'git'],
    ['git receive-pack x', 'git'],
    ['git-receive-pack', 'command'],
    ['scp a b:', 'command'],
    ['rsync -a /a /b', 'command'],
    ['cat /etc/passwd # scp -t', 'command'],
    ['sh -c "rsync --server"', 'command'],
    ['scp -f /dev/null; bash -i', 'command'],
    ['scp -t $(bash -i >&2)', 'command'],
    ['./scp -t x', 'command'],
    ['/tmp/rsync --server .', 'command'],
    ['', 'command'],
  ])('%j is a %s', (line, kind) => {
    expect(execKind(line).kind).toBe(kind);
  });
});
