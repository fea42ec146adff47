import type { Stats } from 'node:fs';
import type { Attributes, FileEntry } from './sftp-wire.js';

const KINDS: readonly [(stats: Stats) => boolean, string][] = [
  [(stats) => stats.isDirectory(), 'd'],
  [(stats) => stats.isSymbolicLink(), 'l'],
  [() => true, '-'],
];

/** Returns a file's attributes as SFTP sends them; times in seconds. */
export function attributesOf(stats: Stats): Attributes {
  return {
    mode: stats.mode,
    uid: stats.uid,
    gid: stats.gid,
    size: stats.size,
    atime: Math.floor(stats.atimeMs / 1000),
    mtime: Math.floor(stats.mtimeMs / 1000),
  };
}

/** Returns an entry of a listing. OpenSSH's client prints `longname` as it is for `ls -l`. */
export function fileEntry(filename: string, stats: Stats): FileEntry {
  const kind = KINDS.find(([matches]) => matches(stats))?.[1] ?? '-';
  const longname = [
    kind + rights(stats.mode),
    '1',
    stats.uid,
    stats.gid,
    String(stats.size).padStart(10),
    stats.mtime.toISOString().slice(0, 16),
    filename,
  ].join(' ');
  return { filename, longname, attrs: attributesOf(stats) };
}

function rights(mode: number): string {
  return [6, 3, 0]
    .map((shift) => ['r', 'w', 'x'].map((letter, index) => ((mode >> shift) & (4 >> index) ? letter : '-')).join(''))
    .join('');
}
