import type { Check } from '../check.js';
import { certificatesCheck } from './certificates.check.js';
import { clockChecks } from './clocks.check.js';
import { connectionChecks } from './connections.check.js';
import { gatewayChecks } from './gateway.check.js';
import { natsChecks } from './nats.check.js';
import { postgresChecks } from './postgres.check.js';
import { recordingsChecks } from './recordings.check.js';
import { searchChecks } from './search.check.js';
import { readinessCheck } from './services.check.js';
import { settingsCheck } from './settings.check.js';

/** Every check, in the order of the report. */
export const allChecks: readonly Check[] = [
  settingsCheck,
  certificatesCheck,
  ...clockChecks,
  ...postgresChecks,
  ...natsChecks,
  ...(recordingsChecks as readonly Check[]),
  ...(searchChecks as readonly Check[]),
  ...(gatewayChecks as readonly Check[]),
  readinessCheck,
  ...connectionChecks,
];
