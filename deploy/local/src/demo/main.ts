import { readFileSync } from 'node:fs';
import { demoSettings } from './config.js';
import { createDemoServer } from './demo-server.js';

// The demo asset of a machine without sshd. Everything is read first; then the rights that reading may need are dropped.
const settings = demoSettings();
const server = await createDemoServer(settings, readFileSync(settings.hostKeyFile, 'utf8'));
if (process.getuid?.() === 0 && settings.uid !== 0) {
  process.setgroups?.([settings.gid]);
  process.setgid?.(settings.gid);
  process.setuid?.(settings.uid);
}
process.chdir(settings.home);
server.listen(settings.port, '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
