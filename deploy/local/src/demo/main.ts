import { readFileSync } from 'node:fs';
import { demoSettings } from './config.js';
import { startDemoServer } from './demo-server.js';

// A server to log in to on a machine that has no sshd. Everything is read first; then the rights that reading may need are given up.
const settings = demoSettings();
const server = startDemoServer(settings, readFileSync(settings.hostKeyFile, 'utf8'));
if (process.getuid?.() === 0 && settings.uid !== 0) {
  process.setgroups?.([settings.gid]);
  process.setgid?.(settings.gid);
  process.setuid?.(settings.uid);
}
process.chdir(settings.home);
server.listen(settings.port, '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
