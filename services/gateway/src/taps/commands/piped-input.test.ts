import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '@sallyport/context';
import type { ObservedCommand } from './observed-command.js';
import type { InputReader } from './input-reader.js';
import { PipedInput } from './piped-input.js';

/** A clock on which nothing takes any time, so that nothing waits for its turn. */
const swift: Clock = { ...systemClock, monotonic: () => 0 };

function piped(reader: InputReader = 'shell', { isSecretFirst = false, clock = swift } = {}) {
  const reported: ObservedCommand[] = [];
  const gaps = new Map<string, Buffer[]>();
  let withheld = 0;
  const skip = (why: string, data: Buffer): void => void gaps.set(why, [...(gaps.get(why) ?? []), Buffer.from(data)]);
  const input = new PipedInput({
    reader,
    isSecretFirst,
    clock,
    emit: (command) => reported.push(command),
    skip,
    withhold: (data) => (withheld += data.length),
  });
  return {
    input,
    reported,
    gaps,
    lines: () => reported.map((command) => command.input),
    gap: (why: string) => Buffer.concat(gaps.get(why) ?? []),
    withheld: () => withheld,
    send: (text: string | Buffer, pieceBytes = 65_536) => {
      const data = Buffer.from(text);
      for (let at = 0; at < data.length; at += pieceBytes) {
        // As a buffer that is decrypted into again would be.
        const piece = Buffer.from(data.subarray(at, at + pieceBytes));
        input.input(piece);
        piece.fill(0xee);
      }
      void input.close();
    },
  };
}

describe('the lines that a shell reads', () => {
  it.each([65_536, 1, 7])('are commands, in chunks of %i bytes; the last needs no line feed', (pieceBytes) => {
    const p = piped();
    p.send('id\n\n  \nrm x\r\nläs -l', pieceBytes);
    expect(p.lines()).toEqual(['id', 'rm x', 'läs -l']);
    expect(p.reported).toMatchObject([{ kind: 'piped', output: '', risk_level: 'accept' }, {}, {}]);
    expect(new Set(p.reported.map(({ id }) => id)).size).toBe(3);
  });

  it('are one command with their here-document, continuation, loop, function, open quote or comment', () => {
    const parts = [
      'cat <<EOF >x\nrm -rf /\nEOF',
      'ls \\\n -l',
      'for x in a; do\n  echo $x\ndone',
      'f() {\n  id\n}',
      "echo 'a\nb'",
      '# why\nuname',
    ];
    const p = piped();
    p.send(`${parts.join('\n')}\n`);
    expect(p.lines()).toEqual(parts);
  });

  it('are reported while a command is still open, so that no quote can hide the lines behind it', () => {
    const p = piped();
    const line = `echo ${'x'.repeat(1000)}\n`;
    p.send(`: "\n${line.repeat(200)}rm evil\n`);
    expect(p.reported.length).toBeGreaterThan(3);
    const all = p.lines().join('\n').replaceAll(' … (goes on in the next command)', '');
    expect(all).toBe(`: "\n${line.repeat(200)}rm evil`);
  });

  it('that are very long are reported in marked pieces', () => {
    const p = piped();
    p.send(`: ${'x'.repeat(150_000)}; rm evil\n`);
    expect(p.reported).toHaveLength(3);
    expect(p.lines()[0]).toMatch(/x … \(goes on in the next command\)$/);
    expect(p.lines().at(-1)).toMatch(/x; rm evil$/);
  });

  it('may contain a NUL or invalid byte, which shells skip', () => {
    const p = piped();
    p.send(Buffer.from('r\0m evil\necho \xe4\n', 'latin1'));
    expect(p.lines()).toEqual(['rm evil', 'echo \ufffd']);
  });

  it('are reported up to 10,000, the later ones in groups; the rest is one gap', () => {
    const p = piped();
    const all = Array.from({ length: 10_050 }, (_, at) => `echo ${at}`);
    p.send(`${all.join('\n')}\n`);
    expect(p.lines().slice(0, 500)).toEqual(all.slice(0, 500));
    expect(p.lines().join('\n')).toBe(all.slice(0, 10_000).join('\n'));
    expect(p.reported.length).toBeLessThan(600);
    expect(p.gap('size-limit').toString()).toBe(`${all.slice(10_000).join('\n')}\n`);
  });

  it('are read up to 10,000 even if they are empty', () => {
    const p = piped();
    p.send(Buffer.alloc(5_000_000, '\n'));
    expect([p.reported, p.gap('size-limit').length]).toEqual([[], 4_990_000]);
  });

  it('are reported up to 1 MiB; the rest is one gap', () => {
    const p = piped();
    const line = `echo ${'x'.repeat(1_000)}\n`;
    p.send(line.repeat(3_000));
    expect(p.reported.reduce((sum, command) => sum + command.input.length, 0)).toBeLessThan(1.1 * 1024 * 1024);
    const all = p.lines().join('\n').replaceAll(' … (goes on in the next command)', '');
    expect(`${all}\n${p.gap('size-limit').toString()}`).toBe(line.repeat(3_000));
  });
});

describe('a chunk of many tiny lines', () => {
  it('yields to the event loop between them, and is still reported in order', async () => {
    let ms = 0;
    const p = piped('shell', { clock: { ...systemClock, monotonic: () => (ms += 0.5) } });
    const all = Array.from({ length: 400 }, (_, at) => `echo ${at}`);
    for (let at = 0; at < all.length; at += 100) {
      const chunk = Buffer.from(`${all.slice(at, at + 100).join('\n')}\n`);
      p.input.input(chunk);
      chunk.fill(0xee);
    }
    expect(p.reported.length).toBeLessThan(20);
    await p.input.close();
    expect(p.lines()).toEqual(all);
  });

  it('waits only up to a limit', async () => {
    let ms = 0;
    const p = piped('shell', { clock: { ...systemClock, monotonic: () => (ms += 10) } });
    const flood = Buffer.alloc(32 * 1024, 'a\n');
    for (let sent = 0; sent < 40; sent += 1) p.input.input(flood);
    expect(p.reported.length).toBeGreaterThan(500);
    await p.input.close();
    const lines = p.lines().join('\n').split('\n').length;
    expect([lines, lines * 2 + p.gap('size-limit').length]).toEqual([10_000, 40 * flood.length]);
  });
});

describe('binary input', () => {
  it('is a gap with every byte of it, and the lines before it are commands', () => {
    const p = piped();
    const data = randomBytes(3_000_000);
    p.send(Buffer.concat([Buffer.from('tar x <<X\nhead\nX\ncat > x\n'), data]));
    expect(p.lines().slice(0, 2)).toEqual(['tar x <<X\nhead\nX', 'cat > x']);
    expect(p.reported.length).toBeLessThan(40);
    expect(p.gap('binary').length).toBeGreaterThan(2_990_000);
  });

  it('in small amounts does not hide the commands behind it', () => {
    const p = piped();
    p.send(Buffer.concat([Buffer.alloc(3000, 1), Buffer.from('\nrm evil\n')]));
    expect(p.lines()).toEqual(['rm evil']);
    expect(p.gap('binary')).toHaveLength(3001);
  });

  it('reports its readable parts, since a shell runs a command with noise behind it', () => {
    const p = piped();
    p.send(Buffer.concat([Buffer.from('rm evil #'), randomBytes(100).map((byte) => byte | 0x80), Buffer.from('\n'), randomBytes(500_000)]));
    expect(p.lines().filter((line) => line.includes('rm evil #'))).toEqual([
      expect.stringMatching(/^\(binary input, readable parts\) rm evil #/),
    ]);
    expect(p.gap('binary').length).toBeGreaterThan(490_000);
  });

  it('of NULs alone is a gap', () => {
    const p = piped();
    p.send(Buffer.alloc(200_000));
    expect([p.reported, p.gap('binary').length]).toEqual([[], 200_000]);
  });
});

describe('the input of another language’s interpreter', () => {
  it('is one command as it came', () => {
    const p = piped('interpreter');
    const script = 'import os\nif True:\n    os.remove("x")\n\nprint("it\'s")\n';
    p.send(script);
    expect(p.lines()).toEqual([script.trimEnd()]);
  });

  it('is reported in time while more may come', async () => {
    const p = piped('interpreter', { clock: { ...swift, timeout: (ms, call) => systemClock.timeout(ms / 100, call) } });
    p.input.input(Buffer.from('select 1;\n'));
    await expect.poll(() => p.lines()).toEqual(['select 1;']);
    p.send('drop table x;\n');
    expect(p.lines()).toEqual(['select 1;', 'drop table x;']);
  });

  it('is a gap when it is a packed Ansible module, whose arguments may be secrets', () => {
    const module = `#!/usr/bin/python3\n# -*- coding: utf-8 -*-\n_ANSIBALLZ_WRAPPER = True # For test-module.py\n${'# licence\n'.repeat(200)}ZIPDATA = """${randomBytes(100_000).toString('base64')}"""\nPARAMS = '{"password": "s3cret"}'\n`;
    for (const pieceBytes of [65_536, 100]) {
      const p = piped('interpreter');
      p.send(module, pieceBytes);
      expect(p.reported).toEqual([]);
      const sha = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
      expect(sha(p.gap('module-code'))).toBe(sha(module));
    }
  });
});

describe('a password before the commands', () => {
  it('that was asked for is neither in a command nor hashed in a gap', () => {
    const p = piped('shell', { isSecretFirst: true });
    p.input.output(Buffer.from('[sudo] password for web: '));
    p.send('my s3cret; phrase\nid\n');
    expect([p.lines(), [...p.gaps], p.withheld()]).toEqual([['id'], [], 18]);
  });

  it('that is one shell token is withheld even if it was not asked for', () => {
    const p = piped('shell', { isSecretFirst: true });
    p.send('hunter2\nid\n');
    expect([p.lines(), p.withheld()]).toEqual([['id'], 8]);
  });

  it('cannot be a command line', () => {
    const p = piped('shell', { isSecretFirst: true });
    p.send('rm -rf x\nid\n');
    expect(p.lines()).toEqual(['rm -rf x', 'id']);
  });

  it('is only looked for where sudo or su asks for it', () => {
    const p = piped();
    p.input.output(Buffer.from('fake password: '));
    p.send('evil\n');
    expect(p.lines()).toEqual(['evil']);
  });
});
