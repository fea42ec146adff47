import { AppError } from '@sallyport/errors';

/** A required program is missing on this machine. */
export class ToolMissing extends AppError {
  readonly code = 'TOOL_MISSING';
  readonly kind = 'unavailable';
  constructor(tool: string, remedy: string) {
    super(`"${tool}" was not found on this machine: ${remedy}`, { tool, remedy });
  }
}

/** Another program listens on the port of a part. */
export class PortTaken extends AppError {
  readonly code = 'PORT_TAKEN';
  readonly kind = 'conflict';
  constructor(name: string, port: number, hint: string) {
    super(`Port ${port}, wanted for ${name}, is taken by another program: stop that program or ${hint}`, { name, port });
  }
}

/** The system lets only root listen on a port. */
export class PortNotAllowed extends AppError {
  readonly code = 'PORT_NOT_ALLOWED';
  readonly kind = 'forbidden';
  constructor(name: string, port: number, hint: string) {
    super(`Port ${port}, wanted for ${name}, is one that only root may listen on, as most are below 1024: ${hint}`, { name, port });
  }
}

/** This machine has no address 127.0.0.1. */
export class LoopbackMissing extends AppError {
  readonly code = 'LOOPBACK_MISSING';
  readonly kind = 'unavailable';
  constructor(cause: unknown) {
    super(
      'This machine has no address 127.0.0.1, where everything listens: turn the loopback interface on (as root: ip link set lo up)',
      {},
      { cause },
    );
  }
}

/** A port can't be listened on for another reason; the system's error code names it. */
export class PortUnusable extends AppError {
  readonly code = 'PORT_UNUSABLE';
  readonly kind = 'unavailable';
  constructor(name: string, port: number, cause: NodeJS.ErrnoException) {
    const why = cause.code ?? cause.message;
    super(`Port ${port}, wanted for ${name}, can't be listened on: the system answers ${why}`, { name, port, why }, { cause });
  }
}

/** A part's process ended before it answered. */
export class PartExited extends AppError {
  readonly code = 'PART_EXITED';
  readonly kind = 'unavailable';
  constructor(name: string, how: string, logFile: string, tail: string) {
    super(`${name} stopped while starting (${how}). Its log is ${logFile} and ends with:\n${tail}`, { name, how, logFile });
  }
}

/** A part's process runs and does not answer. */
export class PartNotReady extends AppError {
  readonly code = 'PART_NOT_READY';
  readonly kind = 'unavailable';
  constructor(name: string, seconds: number, logFile: string, tail: string) {
    super(`${name} did not answer within ${seconds} s. Its log is ${logFile} and ends with:\n${tail}`, { name, seconds, logFile });
  }
}

/** A command that must succeed failed. */
export class CommandFailed extends AppError {
  readonly code = 'COMMAND_FAILED';
  readonly kind = 'unavailable';
  constructor(command: string, how: string, output: string) {
    super(`"${command}" failed (${how}): ${output}`, { command, how });
  }
}

/** A downloaded or installed file is not the expected one. */
export class DownloadUnusable extends AppError {
  readonly code = 'DOWNLOAD_UNUSABLE';
  readonly kind = 'unavailable';
  constructor(what: string, why: string) {
    super(`${what} can't be used: ${why}`, { what, why });
  }
}
