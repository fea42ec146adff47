import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BundleInvalid } from '../format.errors.js';
import { readTar } from './tar-reader.js';
import { writeTar } from './tar-writer.js';

const file = (name: string, text: string) => ({
  name,
  size: text.length,
  content: async function* () {
    yield new TextEncoder().encode(text);
  },
});
const files = [file('manifest.json', '{}'), file('part-1.spr', 'x'.repeat(1000)), file('part-2.spr', 'y'.repeat(512))];

async function bundle(): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of writeTar(files)) pieces.push(piece);
  return Uint8Array.from(Buffer.concat(pieces));
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function contents(bytes: Uint8Array, size = 700): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const entry of readTar(inPieces(bytes, size))) {
    let text = '';
    for await (const piece of entry.content) text += new TextDecoder().decode(piece);
    found.push([entry.name, text]);
  }
  return found;
}

describe('a bundle', () => {
  it.each([1, 511, 512, 513, 10_000])('comes back as it was in pieces of %i bytes', async (size) => {
    expect(await contents(await bundle(), size)).toEqual([
      ['manifest.json', '{}'],
      ['part-1.spr', 'x'.repeat(1000)],
      ['part-2.spr', 'y'.repeat(512)],
    ]);
  });

  it('is a file that stock tar unpacks', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'bundle-'));
    writeFileSync(join(dir, 'b.tar'), await bundle());
    execFileSync('tar', ['-xf', 'b.tar'], { cwd: dir });
    expect(readFileSync(join(dir, 'part-1.spr'), 'utf8')).toBe('x'.repeat(1000));
  });

  it('changes with every changed byte outside the contents', async () => {
    const good = await bundle();
    const before = await contents(good);
    const missed: number[] = [];
    for (let at = 0; at < good.length; at++) {
      const bad = good.slice();
      bad[at]! ^= 1;
      const same = await contents(bad).then(
        (after) => JSON.stringify(after) === JSON.stringify(before),
        (error: unknown) => !(error instanceof BundleInvalid),
      );
      if (same) missed.push(at);
    }
    expect(missed).toEqual([]);
  });

  it('is refused when something follows the end, or the end is missing', async () => {
    const good = await bundle();
    await expect(contents(Uint8Array.from([...good, 0]))).rejects.toThrow('something follows');
    await expect(contents(good.subarray(0, good.length - 1))).rejects.toThrow('end mark');
    await expect(contents(good.subarray(0, 600))).rejects.toThrow('padding');
    await expect(contents(good.subarray(0, 1600))).rejects.toThrow('ends inside "part-1.spr"');
  });

  it('skips a content that was not read', async () => {
    const names: string[] = [];
    for await (const entry of readTar(inPieces(await bundle(), 100))) names.push(entry.name);
    expect(names).toEqual(['manifest.json', 'part-1.spr', 'part-2.spr']);
  });
});
