import type { z } from 'zod';
import { isSecret } from '../fields.js';
import { parseConfig, type ConfigResult, type Environment } from '../load-config.js';
import { coreSettings } from './core-settings.js';
import { gatewaySettings } from './gateway-settings.js';
import { indexerRules } from './indexer-settings.js';
import { recorderRules } from './recorder-settings.js';
import { workerSettings } from './worker-settings.js';

/** The rules that each service checks its settings by when it starts. */
export const SERVICE_RULES = {
  core: coreSettings,
  gateway: gatewaySettings,
  recorder: recorderRules,
  indexer: indexerRules,
  worker: workerSettings,
};

/** The services, in the order in which they are listed. */
export const SERVICES = Object.keys(SERVICE_RULES) as readonly ServiceName[];
export type ServiceName = keyof typeof SERVICE_RULES;

/** The checked settings of each service. */
export type ServiceSettings = { readonly [Name in ServiceName]: Readonly<z.output<(typeof SERVICE_RULES)[Name]>> };

/** Reads the settings of a service as that service does, and returns them or every problem as it would report it. */
export function parseServiceSettings<Name extends ServiceName>(name: Name, env: Environment): ConfigResult<ServiceSettings[Name]> {
  return parseConfig(SERVICE_RULES[name], { prefix: `${name.toUpperCase()}_` }, env) as ConfigResult<ServiceSettings[Name]>;
}

/** Returns the names of all settings of a service, and of those that are secret. */
export function settingNames(service: ServiceName): { all: string[]; secret: string[] } {
  const fields = Object.entries(SERVICE_RULES[service].shape) as [string, z.ZodType][];
  return { all: fields.map(([name]) => name), secret: fields.filter(([, field]) => isSecret(field)).map(([name]) => name) };
}
