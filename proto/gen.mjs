// Regenerates libs/proto-gen/src/gen from proto/. CI runs it and fails on any difference.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const here = path.dirname(fileURLToPath(import.meta.url));
const bin = path.join(here, '..', 'node_modules', '.bin');
const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` };
for (const args of [['lint'], ['generate']]) {
  const { status } = spawnSync(path.join(bin, 'buf'), args, { cwd: here, stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}

// The generator copies every message once more on each side. Messages carry recorded bytes, so they are shared instead: no other part
// has a reference to them.
const COPIES = [
  [/Buffer\.from\((\w+\.encode\(value\)\.finish\(\))\)/g, 'sharedBytes($1)'],
  [/Buffer\.from\((reader\.bytes\(\))\)/g, 'sharedBytes($1)'],
];
const SHARED = `
function sharedBytes({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
`;
for (const file of globSync('../libs/proto-gen/src/gen/sallyport/**/*.ts', { cwd: here })) {
  const place = path.join(here, file);
  const text = readFileSync(place, 'utf8');
  const shared = COPIES.reduce((changed, [copy, use]) => changed.replace(copy, use), text);
  if (shared !== text) writeFileSync(place, shared + SHARED);
}
