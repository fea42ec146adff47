// Provides prometheus and promtool, which tests/observability runs, from Debian's package. May be run repeatedly.
//   node tests/observability/install.mjs
// The package is unpacked, not installed: installing it would start a server. Plain JavaScript without packages, as tests/rest/install.mjs.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRoot, run, say } from '../../deploy/local/bootstrap/shell.mjs';
import { toolFolder, toolPath } from './tools.mjs';

if (!existsSync(toolPath('prometheus'))) {
  say('downloading the Debian package prometheus');
  mkdirSync(dirname(toolFolder()), { recursive: true });
  const part = mkdtempSync(`${toolFolder()}.`);
  process.once('exit', () => rmSync(part, { recursive: true, force: true }));
  if (isRoot) await run('apt-get update', 'apt-get', ['update', '-qq', '-o', 'DPkg::Lock::Timeout=300'], { quiet: true });
  await run('downloading prometheus', 'sh', ['-c', 'cd "$1" && apt-get download -qq prometheus', 'sh', part], { quiet: true });
  const file = readdirSync(part).find((name) => name.endsWith('.deb'));
  await run('unpacking prometheus', 'dpkg-deb', ['-x', join(part, file), part]);
  rmSync(join(part, file));
  rmSync(toolFolder(), { recursive: true, force: true });
  renameSync(part, toolFolder());
}
