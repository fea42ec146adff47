import { coreSettings as configSchema, loadConfig } from '@sallyport/config';
import type { z } from 'zod';

export { configSchema };
export type CoreConfig = Readonly<z.output<typeof configSchema>>;

const scope = { prefix: 'CORE_' };

/** Loads the settings of a serving core. Prints every problem and exits with 1 if they are wrong. */
export const loadServeConfig = (): CoreConfig => loadConfig(configSchema, scope, process.env);

const migrateSchema = configSchema.partial().required({ CORE_DATABASE_URL: true });
/** Settings of `migrate`. */
export type MigrateConfig = Readonly<z.output<typeof migrateSchema>>;
/** Loads the settings of `migrate`; other settings are ignored. */
export const loadMigrateConfig = (): MigrateConfig => loadConfig(migrateSchema, scope, process.env);

const consoleSchema = configSchema.partial().required({ CORE_DATABASE_URL: true, CORE_SEALING_KEYS: true });
/** Loads the settings of `seed` and `unlock`. */
export const loadConsoleConfig = (): Readonly<z.output<typeof consoleSchema>> => loadConfig(consoleSchema, scope, process.env);
