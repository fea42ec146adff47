import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SharedPartUnavailable } from '../testkit.errors.js';
import { keeperAddress, type SharedPartFacts, type SharedPartName } from './shared-parts.js';

const START_TIMEOUT_MS = 180_000;

/** Facts by part, so that one process holds each part once. */
const held = new Map<SharedPartName, Promise<SharedPartFacts>>();

/** Returns the facts of a part that all test files share. Starts the part if it does not run, and holds it until this process ends. */
export function holdSharedPart(name: SharedPartName): Promise<SharedPartFacts> {
  const before = held.get(name);
  if (before !== undefined) return before;
  const facts = hold(name);
  held.set(name, facts);
  return facts;
}

async function hold(name: SharedPartName): Promise<SharedPartFacts> {
  const end = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < end) {
    const socket = (await reach(name)) ?? (await afterStart(name));
    const line = socket === undefined ? undefined : await firstLine(socket);
    if (socket === undefined || line === undefined) continue; // a keeper that was about to end
    const answer = JSON.parse(line) as { facts?: SharedPartFacts; problem?: string };
    if (answer.facts === undefined) throw new SharedPartUnavailable(name, answer.problem ?? 'no reason given');
    socket.unref();
    socket.once('close', () => held.delete(name));
    return answer.facts;
  }
  throw new SharedPartUnavailable(name, `it was not started within ${START_TIMEOUT_MS / 1000} s`);
}

async function afterStart(name: SharedPartName): Promise<Socket | undefined> {
  startKeeper(name);
  for (let tries = 0; tries < 50; tries += 1) {
    await sleep(100);
    const socket = await reach(name);
    if (socket !== undefined) return socket;
  }
  return undefined;
}

function startKeeper(name: SharedPartName): void {
  const log = openSync(join(tmpdir(), `sallyport-keeper-${process.getuid?.() ?? 0}-${name}.log`), 'a');
  // The built files, also when a test imports the sources: node runs no TypeScript with this project's settings.
  const program = fileURLToPath(import.meta.resolve('@sallyport/testkit/keeper'));
  spawn(process.execPath, [program, name], { detached: true, stdio: ['ignore', log, log] }).unref();
}

async function reach(name: SharedPartName): Promise<Socket | undefined> {
  const socket = connect(keeperAddress(name));
  try {
    await once(socket, 'connect');
    return socket;
  } catch {
    return undefined;
  }
}

/** Reads one line. Returns undefined if the connection ends first. */
function firstLine(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: socket });
    socket.on('error', () => undefined);
    lines.once('line', resolve).once('close', () => resolve(undefined));
  });
}
