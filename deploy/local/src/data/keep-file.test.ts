import { mkdir, mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataFolder } from './data-folder.js';
import { keepFile, replaceFile } from './keep-file.js';

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'sallyport-keep-'));

describe('a kept file', () => {
  it('is made once, for its owner alone', async () => {
    const path = join(await folder(), 'key');
    expect(await keepFile(path, () => 'first')).toBe('first');
    expect(await keepFile(path, () => 'second')).toBe('first');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('is not made anew if it exists and can not be read', async () => {
    const path = join(await folder(), 'key');
    await mkdir(path);
    await expect(keepFile(path, () => 'another key')).rejects.toThrow('EISDIR');
  });
});

describe('the data folder', () => {
  it("names the remedy for a path that can't be a folder", async () => {
    const path = join(await folder(), 'file');
    await replaceFile(path, 'text');
    await expect(openDataFolder(path)).rejects.toThrow(`The data folder "${path}" can't be used (EEXIST): choose another with --data DIR`);
    expect(await readFile(path, 'utf8')).toBe('text');
  });
});
