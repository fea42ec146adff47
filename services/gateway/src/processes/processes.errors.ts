import { AppError } from '@sallyport/errors';

/** A data process ended while the gateway was starting. */
export class DataProcessDied extends AppError {
  readonly code = 'DATA_PROCESS_DIED';
  readonly kind = 'unavailable';
  constructor(gatewayId: string, how: number | NodeJS.Signals) {
    super(
      `The data process "${gatewayId}" ended with ${typeof how === 'number' ? `exit code ${how}` : how} before it served: its own log lines say why`,
      { gatewayId, how },
    );
  }
}

/** The program was started as a data process, but not by a control process. */
export class NoControlProcess extends AppError {
  readonly code = 'NO_CONTROL_PROCESS';
  readonly kind = 'invalid';
  constructor() {
    super('A data process is started by the gateway itself: start dist/main.js without an argument');
  }
}
