import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@sallyport/context';
import { createLogger } from '@sallyport/telemetry';
import { DataFleet } from '../src/processes/control/data-fleet.js';
import { fleetMetrics } from '../src/processes/control/fleet-metrics.js';
import { forkDataProcess } from '../src/processes/control/fork-data-process.js';
import { openFrontDoor, type FrontDoor } from '../src/processes/control/front-door.js';
import { WAITING, WaitingRoom } from '../src/processes/control/waiting-room.js';

const STUB = fileURLToPath(new URL('stub-data-process.mjs', import.meta.url));

/** A client of the stub: it is told who serves it, and says words. */
export class Caller {
  private text = '';
  isClosed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (data: Buffer) => (this.text += data.toString()));
    socket.on('error', () => undefined).on('close', () => (this.isClosed = true));
  }

  /** Says something at once, before anybody can have accepted it. */
  static call(port: number, words = 'hello'): Caller {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.write(`${words}\n`);
    return new Caller(socket);
  }

  say(word: string): void {
    this.socket.write(`${word}\n`);
  }

  /** Gateway id of the process that has it; undefined while nobody has. */
  get servedBy(): string | undefined {
    return this.text.includes('\n') ? this.text.split('\n')[0] : undefined;
  }

  hasHeard(text: string): boolean {
    return this.text.includes(text);
  }
}

/** The control process's parts in this process, with stubs as data processes. */
export interface TestFleet {
  fleet: DataFleet;
  door: FrontDoor;
  room: WaitingRoom;
  log: string[];
  call(words?: string): Caller;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

export async function aFleet(processes = 2): Promise<TestFleet> {
  const log: string[] = [];
  const logger = createLogger({ service: 'gateway', destination: { write: (line) => void log.push(line) } });
  const room = new WaitingRoom(WAITING);
  const metrics = fleetMetrics(() => room.waiting);
  const settings = { gatewayId: 'gw', processes, spoolMaxBytes: 1_000_000, terminalThreads: 1, patienceMs: 30_000 };
  const fleet = new DataFleet(settings, { clock: systemClock, logger, fork: forkDataProcess(systemClock, STUB), onLost: metrics.lost });
  const door = await openFrontDoor({ host: '127.0.0.1', port: 0 }, room, (visitor) => fleet.receive(visitor));
  const callers: Caller[] = [];
  const call = (words?: string): Caller => {
    const caller = Caller.call(door.port, words);
    callers.push(caller);
    return caller;
  };
  return {
    fleet,
    door,
    room,
    log,
    call,
    metrics: () => metrics.text(fleet),
    stop: async () => {
      for (const { socket } of callers) socket.destroy();
      door.shut();
      await fleet.drain();
    },
  };
}

/** Waits until a caller is closed. */
export const closed = async (caller: Caller): Promise<void> => {
  if (!caller.isClosed) await once(caller.socket, 'close');
};
