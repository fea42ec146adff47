import { AppError } from '@sallyport/errors';

/** The command line has something that means nothing. */
export class OptionInvalid extends AppError {
  readonly code = 'OPTION_INVALID';
  readonly kind = 'invalid';
  constructor(message: string) {
    super(message);
  }
}

/** Another start already works on this data folder. */
export class DataFolderInUse extends AppError {
  readonly code = 'DATA_FOLDER_IN_USE';
  readonly kind = 'conflict';
  constructor(folder: string) {
    super(`Another start is already using "${folder}": stop it first, or choose another folder with --data DIR`, { folder });
  }
}

/** The data folder can't be made or entered; the system's code says why. */
export class DataFolderUnusable extends AppError {
  readonly code = 'DATA_FOLDER_UNUSABLE';
  readonly kind = 'invalid';
  constructor(folder: string, cause: NodeJS.ErrnoException) {
    super(
      `The data folder "${folder}" can't be used (${cause.code ?? cause.message}): choose another with --data DIR`,
      { folder },
      { cause },
    );
  }
}

/** All processes run, and some service is not of use. */
export class ServicesNotReady extends AppError {
  readonly code = 'SERVICES_NOT_READY';
  readonly kind = 'unavailable';
  constructor(answers: readonly string[], logFolder: string) {
    super(`Not ready within 120 s:\n  ${answers.join('\n  ')}\nTheir logs are in ${logFolder}`, { services: answers.length });
  }
}

/** A start that was told to stop. */
export class StartBroken extends AppError {
  readonly code = 'START_BROKEN';
  readonly kind = 'unavailable';
  constructor() {
    super('Stopped while starting');
  }
}
