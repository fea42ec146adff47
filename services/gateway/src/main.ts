import { createLogger } from '@sallyport/telemetry';
import { loadGatewayConfig } from './config.js';
import { DATA_PROCESS } from './processes/messages.js';

const config = loadGatewayConfig();
const logger = createLogger({ service: 'gateway', level: config.LOG_LEVEL });

try {
  if (process.argv[2] === DATA_PROCESS) {
    const { runDataProcess } = await import('./processes/data/run-data-process.js');
    await runDataProcess(config, logger);
  } else {
    // The control process stays small: it does not load the modules of the data processes.
    const { runControl } = await import('./processes/control/run-control.js');
    await runControl(config, logger);
  }
} catch (error) {
  logger.fatal({ err: error }, 'the gateway could not start');
  process.exit(1);
}
