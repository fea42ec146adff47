import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { workFolder } from '../place/work-folder.js';
import { isSharedPartName, keeperAddress, SHARED_PARTS, type SharedPart, type SharedPartName } from './shared-parts.js';

/** Time that a part stays without a test that holds it: enough to get from one test file to the next. */
const LINGER_MS = 15_000;

/**
 * Keeps one part for all test files, in whatever test run. Each user holds a connection for as long as it needs the part. After a while
 * without a connection the part is stopped and its data are removed.
 */
async function keep(name: SharedPartName): Promise<void> {
  const server = createServer();
  let start: (part: Promise<SharedPart>) => void = () => undefined;
  const starting = new Promise<SharedPart>((resolve) => (start = resolve));
  const unused = whenUnused(server, starting);
  if (!(await listens(server, name))) return; // another keeper was faster
  const folder = await workFolder(name);
  start(SHARED_PARTS[name](join(folder.path, name)));
  const part = await starting.then(
    (shared) => shared.part,
    () => undefined,
  );
  await Promise.race(part === undefined ? [unused] : [unused, part.exited]);
  await part?.stop();
  await folder.remove();
}

function listens(server: Server, name: SharedPartName): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(keeperAddress(name), () => resolve(true));
  });
}

/**
 * Sends the facts of the part to each user. Resolves after a while without a user; from then on it takes none: a user that came while the part
 * stops would get the address of a part that is gone. Such a user finds no keeper and starts another one.
 */
function whenUnused(server: Server, starting: Promise<SharedPart>): Promise<void> {
  const users = new Set<Socket>();
  return new Promise((resolve) => {
    let isEnding = false;
    const end = (): void => {
      isEnding = true;
      server.close();
      resolve();
    };
    let timer = setTimeout(end, LINGER_MS);
    server.on('connection', (user) => {
      if (isEnding) return void user.destroy();
      clearTimeout(timer);
      users.add(user);
      user.on('error', () => undefined).resume();
      user.once('close', () => {
        users.delete(user);
        if (users.size === 0) timer = setTimeout(end, LINGER_MS);
      });
      void greet(user, starting);
    });
  });
}

async function greet(user: Socket, starting: Promise<SharedPart>): Promise<void> {
  const answer = await starting.then(
    (shared) => ({ facts: shared.facts }),
    (error: unknown) => ({ problem: error instanceof Error ? error.message : String(error) }),
  );
  user.write(`${JSON.stringify(answer)}\n`);
}

const name = process.argv[2];
if (!isSharedPartName(name)) throw new Error(`no shared part is called "${name}"`);
await keep(name);
process.exit(0); // cuts the connections of users that came too late; they start another keeper
