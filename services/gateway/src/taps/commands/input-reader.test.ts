import { describe, expect, it } from 'vitest';
import { inputReader } from './input-reader.js';

describe('the input of a command line', () => {
  it.each([
    'sh',
    'bash -s',
    '/bin/bash',
    'bash -s -- a b',
    'bash --login -x',
    'bash --rcfile x',
    'sh -',
    'sh /dev/stdin',
    'zsh -i',
    'fish',
    'bash -o pipefail -s arg',
    "sh -c 'bash'",
    `bash -c "cd /tmp && exec sh"`,
    "sh -c '$0' sh",
    'sh -c \'sh -c "sh -s"\'',
    'bash -lc "exec $SHELL"',
    'cd /srv && bash -s',
    'cat | sh',
    'base64 -d | bash',
    'true; sh',
    'tee /tmp/x >(bash)',
    '(sh)',
    'X=$(sh)',
    'echo "$(sh)"',
    'FOO=1 bash',
    'if true; then sh; fi',
    '"b"a\\sh',
    'sudo bash',
    'sudo -u root -H -- bash -s',
    'sudo -s',
    'sudo -i',
    'su',
    'su - root',
    "su -c 'bash -s' root",
    'env A=b nice -n 5 sh',
    'nohup setsid bash',
    'timeout 5 sh',
    'env -S "bash -s"',
    'busybox sh',
    'docker exec -i web bash',
    'kubectl exec -i pod -- sh -s',
    'ssh inner',
    'ssh -p 22 inner',
    'ssh inner bash',
    'chroot /mnt',
    'exec sh',
    'nsenter -t 1 -a',
    'eval "$(cat)"',
    '. /dev/stdin',
    'source /proc/self/fd/0',
    'at now',
    'crontab -',
    '$SHELL',
    '${SHELL} -s',
    '$x',
    '/bin/b?sh',
    '/bin/*sh',
    'while read l; do $l; done',
    "awk '{system($0)}'",
  ])('%j is run by a shell', (line) => {
    expect(inputReader(line)).toBe('shell');
  });

  it.each([
    'python3',
    'python3.11 -',
    '/usr/bin/python3 -u',
    'python3 -W ignore',
    "/bin/sh -c '/usr/bin/python3 && sleep 0'",
    'perl',
    'ruby',
    'node -',
    'php',
    `/bin/sh -c 'sudo -H -S -n -u root /bin/sh -c '"'"'echo BECOME-SUCCESS-abc ; /usr/bin/python3'"'"' && sleep 0'`,
    "python3 -c 'import sys; exec(sys.stdin.read())'",
    'psql -h db app',
    'mysql app',
    'psql -f -',
    'sqlite3 x.db',
    'bc',
    'xargs rm',
    'python3 -i x.py',
    'sudo python3',
  ])('%j is run by an interpreter', (line) => {
    expect(inputReader(line)).toBe('interpreter');
  });

  it.each([
    'cat > /tmp/sh',
    'cat >/etc/mysql/my.cnf',
    'tar -xzf - -C /opt/bash',
    'dd of=/tmp/python',
    "sh -c 'cat > x'",
    `/bin/sh -c 'echo ~user && sleep 0'`,
    'bash x.sh',
    "python3 -c 'print(1)'",
    'perl -ne print',
    'psql -c "select 1"',
    'mysql -e "select 1" app',
    'sudo tee /etc/hosts',
    'sudo -u web cat',
    'docker exec -i web tar x',
    'gzip -d | tar x',
    'uptime',
    'grep bash',
    'tee ~/x',
    'ssh inner uptime',
    '',
    "sh -c 'dd of=x' < y",
    'time tar x',
  ])('%j is bulk', (line) => {
    expect(inputReader(line)).toBeUndefined();
  });

  it.each([
    ['many carriers', `${'sudo '.repeat(3_000)}cat`],
    ['many command lines', `sudo ${'env "a b" '.repeat(1_500)}`],
    ['half a megabyte', `echo ${'"$(x)" '.repeat(70_000)}`],
    ['open quotes', `${'"\\'.repeat(5_000)}`],
  ])('is found for %s without delay', (_, line) => {
    const from = performance.now();
    expect(() => inputReader(line)).not.toThrow();
    expect(performance.now() - from).toBeLessThan(500);
  });

  it('parses each argument once, behind any number of programs that start it', () => {
    const words = "'a b' ".repeat(2_600);
    const times = [Infinity, Infinity];
    for (let run = 0; run < 20; run += 1) {
      const from = performance.now();
      inputReader(`${'sudo '.repeat(run % 2 === 0 ? 1 : 7)}${words}`);
      times[run % 2] = Math.min(times[run % 2]!, performance.now() - from);
    }
    expect(times[1]! / times[0]!).toBeLessThan(2);
  });

  it('is found in command lines within command lines, at any depth', () => {
    let line = 'sh';
    for (let depth = 0; depth < 12; depth += 1) line = `env -S ${JSON.stringify(line)}`;
    expect(inputReader(line)).toBe('shell');
  });
});
