import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '@sallyport/context';
import type { ObservedCommand } from './observed-command.js';
import { PipedInput, type PipedReader } from './piped-input.js';

/** A clock on which nothing takes any time, so that nothing waits for its turn. */
const swift: Clock = { ...systemClock, monotonic: () => 0 };

function piped(reader: PipedReader = 'shell', { clock = swift } = {}) {
  const reported: ObservedCommand[] = [];
  const input = new PipedInput({ reader, clock, emit: (command) => reported.push(command) });
  return {
    input,
    reported,
    lines: () => reported.map((command) => command.input),
    /** Number of bytes that are in no command. */
    skipped: (why: string) => Number(new RegExp(`(\\d+) bytes of input ${why}`).exec(input.skipped)?.[1] ?? 0),
    send: async (text: string | Buffer, pieceBytes = 65_536) => {
      const data = Buffer.from(text);
      for (let at = 0; at < data.length; at += pieceBytes) {
        // As a buffer that is decrypted into again would be.
        const piece = Buffer.from(data.subarray(at, at + pieceBytes));
        input.input(piece);
        piece.fill(0xee);
      }
      await input.close();
    },
  };
}

const NOT_TEXT = 'that are not text';
const BEHIND = 'behind the longest text';

describe('the lines that a shell reads', () => {
  it.each([65_536, 1, 7])('are commands, in chunks of %i bytes; the last needs no line feed', async (pieceBytes) => {
    const p = piped();
    await p.send('id\n\n  \nrm x\r\nläs -l', pieceBytes);
    expect(p.lines()).toEqual(['id', 'rm x', 'läs -l']);
    expect(p.reported).toMatchObject([{ kind: 'piped', output: '', risk_level: 'accept' }, {}, {}]);
    expect(new Set(p.reported.map(({ id }) => id)).size).toBe(3);
  });

  it('are one command with their here-document, continuation, loop, function, open quote or comment', async () => {
    const parts = [
      'cat <<EOF >x\nrm -rf /\nEOF',
      'ls \\\n -l',
      'for x in a; do\n  echo $x\ndone',
      'f() {\n  id\n}',
      "echo 'a\nb'",
      '# why\nuname',
    ];
    const p = piped();
    await p.send(`${parts.join('\n')}\n`);
    expect(p.lines()).toEqual(parts);
  });

  it('are reported while a command is still open, so that no quote can hide the lines behind it', async () => {
    const p = piped();
    const line = `echo ${'x'.repeat(1000)}\n`;
    await p.send(`: "\n${line.repeat(200)}rm evil\n`);
    expect(p.reported.length).toBeGreaterThan(3);
    const all = p.lines().join('\n').replaceAll(' … (goes on in the next command)', '');
    expect(all).toBe(`: "\n${line.repeat(200)}rm evil`);
  });

  it('that are very long are reported in marked pieces', async () => {
    const p = piped();
    await p.send(`: ${'x'.repeat(150_000)}; rm evil\n`);
    expect(p.reported).toHaveLength(3);
    expect(p.lines()[0]).toMatch(/x … \(goes on in the next command\)$/);
    expect(p.lines().at(-1)).toMatch(/x; rm evil$/);
  });

  it('may contain a NUL or invalid byte, which shells skip', async () => {
    const p = piped();
    await p.send(Buffer.from('r\0m evil\necho \xe4\n', 'latin1'));
    expect(p.lines()).toEqual(['rm evil', 'echo \ufffd']);
  });

  it('are all reported, after 500 commands in groups and after 10,000 lines in blocks', async () => {
    const p = piped();
    const all = Array.from({ length: 30_050 }, (_, at) => `echo ${at}`);
    await p.send(`${all.join('\n')}\n`);
    expect(p.lines().slice(0, 500)).toEqual(all.slice(0, 500));
    expect(p.lines().join('\n')).toBe(all.join('\n'));
    expect([p.reported.length < 610, p.input.skipped]).toEqual([true, '']);
  });

  it.each([
    ['10,001 empty lines', '\n'.repeat(10_001)],
    ['3.9 million empty lines', '\n'.repeat(3_900_000)],
    ['1 MiB of comments', `# ${'x'.repeat(1000)}\n`.repeat(1050)],
  ])('are not hidden behind %s', async (_, before) => {
    const p = piped();
    await p.send(`${before}rm evil\n`);
    expect(p.lines().at(-1)).toMatch(/(^|\n)rm evil$/);
    expect([p.reported.length < 40, p.input.skipped]).toEqual([true, '']);
  });

  it('are reported up to 4 MiB, and the length of the rest is known', async () => {
    const p = piped();
    const line = `echo ${'x'.repeat(1_000)}\n`;
    await p.send(line.repeat(6_000));
    const all = p.lines().join('\n').replaceAll(' … (goes on in the next command)', '');
    expect(all.length + 1 + p.skipped(BEHIND)).toBe(line.length * 6_000);
    expect(all.length).toBeLessThan(4.1 * 1024 * 1024);
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
    expect(p.lines().join('\n').split('\n')).toHaveLength((40 * flood.length) / 2);
  });
});

describe('binary input', () => {
  it('is counted, and the lines before it are commands', async () => {
    const p = piped();
    const data = randomBytes(3_000_000);
    await p.send(Buffer.concat([Buffer.from('tar x <<X\nhead\nX\ncat > x\n'), data]));
    expect(p.lines().slice(0, 2)).toEqual(['tar x <<X\nhead\nX', 'cat > x']);
    expect(p.reported.length).toBeLessThan(40);
    expect(p.skipped(NOT_TEXT)).toBeGreaterThan(2_990_000);
  });

  it('in small amounts does not hide the commands behind it', async () => {
    const p = piped();
    await p.send(Buffer.concat([Buffer.alloc(3000, 1), Buffer.from('\nrm evil\n')]));
    expect(p.lines()).toEqual(['rm evil']);
    expect(p.skipped(NOT_TEXT)).toBe(3001);
  });

  it('reports its readable parts, since a shell runs a command with noise behind it', async () => {
    const p = piped();
    await p.send(
      Buffer.concat([Buffer.from('rm evil #'), randomBytes(100).map((byte) => byte | 0x80), Buffer.from('\n'), randomBytes(500_000)]),
    );
    expect(p.lines().filter((line) => line.includes('rm evil #'))).toEqual([
      expect.stringMatching(/^\(binary input, readable parts\) rm evil #/),
    ]);
    expect(p.skipped(NOT_TEXT)).toBeGreaterThan(490_000);
  });

  it('of NULs alone is counted', async () => {
    const p = piped();
    await p.send(Buffer.alloc(200_000));
    expect([p.reported, p.skipped(NOT_TEXT)]).toEqual([[], 200_000]);
  });
});

describe('the input of another language’s interpreter', () => {
  it('is one command as it came', async () => {
    const p = piped('interpreter');
    const script = 'import os\nif True:\n    os.remove("x")\n\nprint("it\'s")\n';
    await p.send(script);
    expect(p.lines()).toEqual([script.trimEnd()]);
  });

  it('is reported in time while more may come', async () => {
    const p = piped('interpreter', { clock: { ...swift, timeout: (ms, call) => systemClock.timeout(ms / 100, call) } });
    p.input.input(Buffer.from('select 1;\n'));
    await expect.poll(() => p.lines()).toEqual(['select 1;']);
    await p.send('drop table x;\n');
    expect(p.lines()).toEqual(['select 1;', 'drop table x;']);
  });

  it('is shown with its packed part shortened, if an Ansible mark is in it: the mark hides no other line', async () => {
    const packed = randomBytes(60_000).toString('base64');
    const p = piped('interpreter');
    await p.send(`# _ANSIBALLZ_WRAPPER = True\nimport os\nos.system("rm evil")\nZIPDATA = """${packed}"""\n${'#'.repeat(1100)}\nmain()\n`);
    const all = p.lines().join('\n');
    expect(all).toMatch(/^# _ANSIBALLZ_WRAPPER = True\nimport os\nos\.system\("rm evil"\)\nZIPDATA = """/);
    expect(all).toMatch(/characters of Base64, SHA-256 [0-9a-f]{64} …\)/);
    expect(all).toMatch(/main\(\)$/);
    expect(all.length).toBeLessThan(3_000);
  });

  it('in a shell is read as by any shell: an Ansible mark hides nothing', async () => {
    const p = piped();
    await p.send('# _ANSIBALLZ_WRAPPER = True\nrm evil\n');
    expect(p.lines()).toEqual(['# _ANSIBALLZ_WRAPPER = True\nrm evil']);
  });
});

describe('the input of a program that is not known to run it', () => {
  it('is in the log as a guess', async () => {
    const p = piped('unknown');
    await p.send("syscmd(`rm evil')\n");
    expect(p.reported).toMatchObject([{ kind: 'piped', certainty: 'inferred', input: "syscmd(`rm evil')" }]);
  });

  it('is in the log up to 256 KiB, and the length of the rest is known', async () => {
    const p = piped('unknown');
    await p.send(`${'x'.repeat(999)}\n`.repeat(1_000));
    expect(p.skipped(BEHIND)).toBeGreaterThan(700_000);
    expect(p.lines().join('').length).toBeLessThan(300_000);
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('is looked into if it is packed with %s: tar --to-command=sh runs what it unpacks', async (_, pack) => {
    const p = piped('unknown');
    await p.send(pack(Buffer.concat([Buffer.alloc(512), Buffer.from('touch /tmp/evil'), Buffer.alloc(9_000_000)])), 1000);
    expect(p.lines().at(-1)).toBe('(packed input, readable parts) touch /tmp/evil');
  });
});
