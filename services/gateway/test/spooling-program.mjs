// The recording part of a gateway, as a process that can be killed. It prints the ids of commands and, when all is on disk, "spooled <session id>".
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { FrameKind } from '@sallyport/recording-format';
import { meshCredentials } from '@sallyport/rpc';
import { createLogger } from '@sallyport/telemetry';
import { systemClock } from '@sallyport/context';
import { aSessionMeta } from '@sallyport/testkit';
import { endAtOnce } from '../dist/processes/data/end-at-once.js';
import { createRecorderLink } from '../dist/recording/index.js';
import { createTerminalPool } from '../dist/taps/commands/index.js';
import { createTapMaker } from '../dist/taps/tap-maker.js';

const { address, mesh, spoolDir, then } = JSON.parse(process.argv[2]);
const link = createRecorderLink({
  address,
  spoolDir,
  spoolMaxBytes: 1e9,
  credentials: meshCredentials(mesh),
  logger: createLogger({ service: 'spooling-gateway', level: 'silent' }),
  limits: { sessionBytes: 50_000, patienceMs: 100 },
});
const meta = aSessionMeta();
const session = link.open(meta, 'best-effort');
const json = (channel, kind, value) => session.append(channel, kind, Buffer.from(JSON.stringify(value)));

for (let at = 0; at < 200; at++) {
  await session.whenRoom();
  session.append(1, FrameKind.output, randomBytes(5_000));
  const id = randomUUID();
  json(1, FrameKind.command, { id, kind: 'typed', input: `command ${at}`, output: '', risk_level: 'accept', started_us: 0, ended_us: 0 });
  console.log(`command ${id}`);
}
await pause(1_000); // time for the spool to write it
console.log(`spooled ${meta.session_id}`);
if (then === 'stop') {
  json(0, FrameKind.end, { reason: 'finished' });
  await session.close();
  await link.shutdown(100);
  process.exit(0);
}
if (then === 'crash') {
  const logger = createLogger({ service: 'spooling-gateway', level: 'silent' });
  const pool = createTerminalPool({ clock: systemClock });
  endAtOnce({ recordings: link, markUnsearched: () => void pool.close() }, logger);
  const tap = createTapMaker({ clock: systemClock, logger, pool })({
    ...{ recording: session, channel: 2, opened: { kind: 'shell', pty: { term: 'xterm', cols: 80, rows: 24 } } },
    ...{ outputLimit: { bytes: 0 }, startedAtMs: systemClock.now(), sessionId: meta.session_id },
  });
  tap.output(Buffer.from('not searched for commands'), 'stdout');
  session.append(1, FrameKind.output, Buffer.from('the last words'));
  throw new Error('a bug');
}
for (;;) {
  await session.whenRoom();
  session.append(1, FrameKind.output, randomBytes(5_000));
  await pause(1);
}
