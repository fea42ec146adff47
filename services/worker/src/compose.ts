import { workerConnectivity, type Bus } from '@sallyport/bus';
import type { Clock } from '@sallyport/context';
import type { TasksServiceService } from '@sallyport/proto-gen/task/v1/tasks';
import type { RpcClient } from '@sallyport/rpc';
import type { Logger, Metrics } from '@sallyport/telemetry';
import { runConnectivityTest } from './tasks/connectivity-test.js';

/** Collaborators and settings of a worker. */
export interface WorkerDeps {
  readonly id: string;
  readonly concurrency: number;
  readonly bus: Pick<Bus, 'consume'>;
  readonly core: Pick<RpcClient<typeof TasksServiceService>, 'unary'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const HEARTBEAT_MS = 15_000;

/** Starts the worker. `stop` accepts no new tasks and lets running ones finish. */
export function startWorker({ id, concurrency, bus, core, clock, logger, metrics }: WorkerDeps): { stop(): Promise<void> } {
  const beat = (): void =>
    void core
      .unary('heartbeat', { workerId: id }, { timeoutMs: HEARTBEAT_MS, waitForReady: true })
      .catch((error: unknown) => logger.debug({ err: error }, 'core did not accept the heartbeat'));
  beat();
  const beating = clock.interval(HEARTBEAT_MS, beat);
  const done = metrics.counter('worker_tasks_total', 'tasks handled', ['task', 'result']);
  const consuming = bus.consume({
    consumer: workerConnectivity,
    batchSize: 1,
    concurrency,
    maxDeliveries: 10,
    metrics,
    async handle(batch) {
      for (const { message } of batch) {
        const counted = (result: string): void => done.inc({ task: 'connectivity-test', result });
        await runConnectivityTest({ core, workerId: id, clock, logger }, message.taskId).then(
          () => counted('done'),
          (error: unknown) => {
            counted('failed');
            throw error;
          },
        );
      }
    },
  });
  return {
    async stop() {
      await consuming.stop();
      beating.cancel();
    },
  };
}
