import { AppError } from '@sallyport/errors';

/** The command line contains an unknown option or value. */
export class OptionInvalid extends AppError {
  readonly code = 'OPTION_INVALID';
  readonly kind = 'invalid';
  constructor(message: string) {
    super(message);
  }
}

/** Another start already uses this data folder. */
export class DataFolderInUse extends AppError {
  readonly code = 'DATA_FOLDER_IN_USE';
  readonly kind = 'conflict';
  constructor(folder: string) {
    super(`Another start is already using "${folder}": stop it first, or choose another folder with --data DIR`, { folder });
  }
}

/** The data folder can't be created or entered; the system's error code is the reason. */
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

/** A console command found no running installation. */
export class NothingRuns extends AppError {
  readonly code = 'NOTHING_RUNS';
  readonly kind = 'unavailable';
  constructor(folder: string) {
    super(`Nothing runs on "${folder}": start it with "npm start" first, or name its folder with --data DIR`, { folder });
  }
}

/** A command of core failed; its message is for the user. */
export class ConsoleFailed extends AppError {
  readonly code = 'CONSOLE_FAILED';
  readonly kind = 'unavailable';
  constructor(message: string) {
    super(message);
  }
}

/** The disk of the data folder is full, or the user's part of it. */
export class DiskFull extends AppError {
  readonly code = 'DISK_FULL';
  readonly kind = 'unavailable';
  constructor(folder: string, freeMegabytes: number, neededMegabytes: number, cause: unknown) {
    super(
      `The disk of "${folder}" is full (${freeMegabytes} MB are free, a first start needs ${neededMegabytes}): free some space, or choose another folder with --data DIR`,
      { folder, freeMegabytes },
      { cause },
    );
  }
}

/** All processes run, and a service is not ready. */
export class ServicesNotReady extends AppError {
  readonly code = 'SERVICES_NOT_READY';
  readonly kind = 'unavailable';
  constructor(answers: readonly string[], logFolder: string) {
    super(`Not ready within 120 s:\n  ${answers.join('\n  ')}\nTheir logs are in ${logFolder}`, { services: answers.length });
  }
}

/** The start was interrupted. */
export class StartBroken extends AppError {
  readonly code = 'START_BROKEN';
  readonly kind = 'unavailable';
  constructor() {
    super('Stopped while starting');
  }
}
