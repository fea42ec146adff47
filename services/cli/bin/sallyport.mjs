#!/usr/bin/env node
// The command in a checkout. It is there before the build, so that the installation can link it.
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  console.error('sallyport is not built yet: run "npm start" or "npm run build" first');
  process.exitCode = 2;
}
