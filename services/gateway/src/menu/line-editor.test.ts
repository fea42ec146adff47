import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { LineEditor } from './line-editor.js';

const { Terminal } = xterm;

/** Types all pieces. Returns the lines and the text on the screen. */
function type(...pieces: (string | Buffer)[]): { lines: string[]; shown: string; ended: boolean } {
  const editor = new LineEditor();
  const result = { lines: [] as string[], shown: '', ended: false };
  for (const piece of pieces) {
    editor.feed(Buffer.from(piece as string));
    for (let event = editor.next(); event; event = editor.next()) {
      if (event.kind === 'echo') result.shown += event.text;
      else if (event.kind === 'line') result.lines.push(event.text);
      else result.ended = true;
    }
  }
  return result;
}

describe('a flood of keys', () => {
  it('costs the same for each key, however many there are', () => {
    const editor = new LineEditor();
    for (let sent = 0; sent < 64; sent += 1) editor.feed(Buffer.alloc(32 * 1024, 'x'));
    const since = performance.now();
    let shown = '';
    for (let event = editor.next(); event; event = editor.next()) if (event.kind === 'echo') shown += event.text;
    expect(shown).toBe('x'.repeat(256));
    expect(performance.now() - since).toBeLessThan(2_000);
  });

  it('without effect returns to the event loop now and then', () => {
    const editor = new LineEditor();
    editor.feed(Buffer.from(`${'\u0001'.repeat(5_000)}q\r`));
    expect(editor.next()).toEqual({ kind: 'echo', text: '' });
    expect(editor.typedLength).toBeGreaterThan(3_000);
  });

  it('can be taken out unchanged', () => {
    const editor = new LineEditor();
    const typed = Buffer.alloc(2 * 1024 * 1024, 'x');
    editor.feed(typed);
    expect(editor.takeTyped().equals(typed)).toBe(true);
    expect(editor.typedLength).toBe(0);
  });
});

describe('a line', () => {
  it.each([
    ['web-1\r', ['web-1']],
    ['web-1\n', ['web-1']],
    ['one\r\ntwo\r\n', ['one', 'two']],
    ['wex\u007fb\r', ['web']],
    ['\b\b\bq\r', ['q']],
    ['wrong\u0015right\r', ['right']],
    ['one two\u0017three\r', ['one three']],
    ['oops\u0003next\r', ['', 'next']],
    ['a\u001b[Ab\u001b[1;5Cc\u001bOPd\u001bxe\r', ['abcde']],
    ['x\u0010\u0007y\r', ['xy']],
    ['grün 日本\r', ['grün 日本']],
  ])('%j is read as %j', (typed, lines) => {
    expect(type(typed).lines).toEqual(lines);
  });

  it.each([
    ['ab\u001b[DX\r', 'aXb'],
    ['ab\u001bOD\u001bODX\u001b[CY\r', 'XaYb'],
    ['数据\u001b[D-\r', '数-据'],
    ['abc\u0001X\u0005Y\r', 'XabcY'],
    ['abc\u001b[HX\u001b[FY\r', 'XabcY'],
    ['abc\u001b[D\u001b[D\u001b[3~\r', 'ac'],
    ['abc\u001b[D\u001b[D\u0004\r', 'ac'],
    ['abc\u001b[D\u000b\r', 'ab'],
    ['one two\u001b[D\u0017\r', 'one o'],
    ['e\u0301\u001b[DX\r', 'Xe\u0301'],
  ])('%j is edited to %j', (typed, line) => {
    expect(type(typed).lines).toEqual([line]);
  });

  it.each([
    ['数据\u0015', ''],
    ['数据库-上海-01\u007f\u007f\u007f', '数据库-上海'],
    ['サーバー\u001b[D\u001b[Dx', 'サーxバー'],
    ['ab数cd\u001b[D\u001b[D\u007f', 'abcd'],
    ['one 数据 two\u0017\u0017x', 'one x'],
    ['🚀web\u0001\u0004', 'web'],
    ['e\u0301a\u007f\u007fi', 'i'],
  ])('%j leaves %j on the screen', async (typed, line) => {
    const terminal = new Terminal({ cols: 40, rows: 2, allowProposedApi: true });
    await new Promise<void>((resolve) => terminal.write(type(typed).shown, resolve));
    expect(terminal.buffer.active.getLine(0)?.translateToString(true).trimEnd()).toBe(line);
    expect(type(`${typed}\r`).lines).toEqual([line]);
  });

  it('joins the bytes of a character that come in pieces', () => {
    const bytes = Buffer.from('ü\r');
    expect(type(bytes.subarray(0, 1), bytes.subarray(1)).lines).toEqual(['ü']);
  });

  it('echoes the keys, removes erased ones from the screen, and echoes no control characters', () => {
    expect(type('ab\u007f\u0007c').shown).toBe('ab\b \bc');
  });

  it('ends with Ctrl-D only when it is empty', () => {
    expect(type('a\u0004').ended).toBe(false);
    expect(type('\u0004').ended).toBe(true);
  });

  it('is bounded', () => {
    expect(type(`${'x'.repeat(10_000)}\r`).lines[0]).toHaveLength(256);
  });

  it('keeps the keys behind the end of a line for the next read', () => {
    const editor = new LineEditor();
    editor.feed(Buffer.from('1\rls -l\r'));
    while (editor.next()?.kind !== 'line');
    expect(editor.takeTyped().toString()).toBe('ls -l\r');
  });
});
