import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@sallyport/context';
import { createLogger } from '@sallyport/telemetry';
import { DataFleet } from '../src/processes/control/data-fleet.js';
import { fleetMetrics } from '../src/processes/control/fleet-metrics.js';
import { forkDataProcess } from '../src/processes/control/fork-data-process.js';
import { openSshListener, type SshListener } from '../src/processes/control/ssh-listener.js';
import { PreauthLimiter } from '../src/processes/control/preauth-limiter.js';
import { UserConnections } from '../src/processes/control/user-connections.js';
import type { Outcome } from '../src/processes/messages.js';
import { testLimiter } from './test-limiter.js';

const STUB = fileURLToPath(new URL('stub-data-process.mjs', import.meta.url));

/** A client of the stub, which sends the gateway id of the process that serves it and obeys the commands that it receives. */
export class Caller {
  private text = '';
  isClosed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (data: Buffer) => (this.text += data.toString()));
    socket.on('error', () => undefined).on('close', () => (this.isClosed = true));
  }

  /** Connects and sends a command at once, before a process can have accepted the connection. */
  static call(port: number, command = 'hello'): Caller {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.write(`${command}\n`);
    return new Caller(socket);
  }

  send(command: string): void {
    this.socket.write(`${command}\n`);
  }

  /** Returns the gateway id of the process that serves it, undefined until one does. */
  get servedBy(): string | undefined {
    return this.text.includes('\n') ? this.text.split('\n')[0] : undefined;
  }

  hasReceived(text: string): boolean {
    return this.text.includes(text);
  }
}

/** The parts of the control process, in this process, with stubs as data processes. */
export interface TestFleet {
  fleet: DataFleet;
  listener: SshListener;
  limiter: PreauthLimiter;
  log: string[];
  /** The outcomes of the connections that are settled. */
  outcomes: Outcome[];
  call(command?: string): Caller;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

export async function aFleet(processes = 2): Promise<TestFleet> {
  const log: string[] = [];
  const logger = createLogger({ service: 'gateway', destination: { write: (line) => void log.push(line) } });
  const limiter = testLimiter();
  const users = new UserConnections(5);
  const outcomes: Outcome[] = [];
  const metrics = fleetMetrics(() => limiter.pending, process.cwd());
  const settings = { gatewayId: 'gw', processes, spoolMaxBytes: 1_000_000, terminalThreads: 1, maxWaitMs: 30_000 };
  const fleet = new DataFleet(settings, {
    clock: systemClock,
    logger,
    fork: forkDataProcess(systemClock, STUB),
    onLost: metrics.lost,
    admitUser: (user) => users.admit(user),
    onSettled: (_, outcome) => void outcomes.push(outcome),
  });
  const listener = await openSshListener({ host: '127.0.0.1', port: 0 }, limiter, (connection) => fleet.receive(connection));
  const callers: Caller[] = [];
  const call = (command?: string): Caller => {
    const caller = Caller.call(listener.port, command);
    callers.push(caller);
    return caller;
  };
  return {
    fleet,
    listener,
    limiter,
    log,
    outcomes,
    call,
    metrics: () => metrics.text(fleet),
    stop: async () => {
      for (const { socket } of callers) socket.destroy();
      listener.close();
      await fleet.drain();
    },
  };
}

/** Waits until a caller is closed. */
export const closed = async (caller: Caller): Promise<void> => {
  if (!caller.isClosed) await once(caller.socket, 'close');
};
