import { loadConfig, workerSettings } from '@sallyport/config';
import type { z } from 'zod';

export { workerSettings };

export type WorkerConfig = Readonly<z.output<typeof workerSettings>>;

/** Reads the settings from the environment. Prints every problem and exits if there is one. */
export const loadWorkerConfig = (): WorkerConfig => loadConfig(workerSettings, { prefix: 'WORKER_' }, process.env);
