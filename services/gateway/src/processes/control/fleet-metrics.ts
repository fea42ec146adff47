import { addCounted, createMetrics, showDisks, textOfProcesses, type MetricValues } from '@sallyport/telemetry';
import type { DataFleet } from './data-fleet.js';
import type { DataSlot, Loss } from './data-slot.js';
import type { Refusal } from './preauth-limiter.js';

/** The metrics of the control process and all data processes. */
export interface FleetMetrics {
  /** Counts a process that died. */
  lost(slot: DataSlot, why: Loss): void;
  /** Counts a connection that the limiter refused, or closed in favour of a new one. */
  refused(why: Refusal): void;
  /** Shows that the gateway drains. */
  draining(): void;
  text(fleet: DataFleet): Promise<string>;
}

/** Registers the control process's metrics. `pending` returns the number of unauthenticated connections. */
export function fleetMetrics(pending: () => number, spoolDir: string): FleetMetrics {
  const own = createMetrics('gateway');
  showDisks(own, { spool: spoolDir });
  own.gauge('gateway_unauthenticated_connections', 'Connections that have not signed in', [], pending);
  const serving = own.gauge('gateway_data_processes', 'Data processes that serve');
  const draining = own.gauge('gateway_draining', '1 while the gateway takes no connections and waits for its sessions to end');
  draining.set(0);
  const losses = own.counter('gateway_data_processes_lost_total', 'Data processes that died with their sessions', ['why']);
  const refusals = own.counter(
    'gateway_connections_refused_total',
    'Connections closed before they signed in, because of a limit or a penalty',
    ['why'],
  );
  const connections = own.gauge('gateway_process_connections', 'Connections of a data process', ['process']);
  const blocks = own.gauge('gateway_process_loop_blocks', 'Times that the event loop of a data process was blocked for more than 50 ms', [
    'process',
  ]);
  const busy = own.gauge('gateway_process_utilisation', 'Part of the time in which a data process is busy', ['process']);
  /** The counters of processes that have died. Without them a sum would fall, and a counter that falls reads as a restart. */
  let counted: Promise<MetricValues> = Promise.resolve([]);
  return {
    lost: (slot, why) => {
      losses.inc({ why });
      const last = slot.counted;
      slot.counted = [];
      counted = counted.then((before) => addCounted(before, last));
    },
    refused: (why) => refusals.inc({ why }),
    draining: () => draining.set(1),
    text: async (fleet) => {
      serving.set(fleet.children.filter(({ crypto }) => crypto !== undefined).length);
      for (const { name, child } of fleet.slots) {
        connections.set({ process: name }, child?.report?.connections ?? 0);
        blocks.set({ process: name }, child?.report?.loopBlocks ?? 0);
        busy.set({ process: name }, child?.report?.utilisation ?? 0);
      }
      await Promise.all(fleet.slots.map(scrape));
      const parts = fleet.slots.map(({ name, counted: values }) => ({ process: name, values }));
      return textOfProcesses([{ process: 'control', values: await own.values() }, { process: 'gone', values: await counted }, ...parts]);
    },
  };
}

/** Reads the metrics of a process. One that does not answer in time keeps its last values. */
async function scrape(slot: DataSlot): Promise<void> {
  const { child } = slot;
  const values = child?.crypto === undefined ? undefined : await child.metrics();
  if (values && child === slot.child) slot.counted = values;
}
