import type { ErrorKind } from './error-kind.js';

/** Facts of an error beside its message: ids and numbers, never secrets. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean>>;

/**
 * The base class of every expected failure. Concrete classes live beside their noun. `message` is for the user: it quotes the input and
 * says what to do. `cause` goes to logs only. Neither contains a secret.
 */
export abstract class AppError extends Error {
  /** `NOUN_PROBLEM`, never renamed or reused. */
  abstract readonly code: string;
  abstract readonly kind: ErrorKind;
  readonly facts: ErrorFacts;

  constructor(message: string, facts: ErrorFacts = {}, options: { cause?: unknown } = {}) {
    super(message, options);
    this.facts = facts;
    this.name = new.target.name;
  }
}

/** An unexpected error. It is made at the edge of a service, once, from anything that is not an AppError. */
export class Bug extends AppError {
  readonly code = 'INTERNAL_ERROR';
  readonly kind = 'bug';
  constructor(cause: unknown) {
    super('Something went wrong on our side. The log has the details under this request id.', {}, { cause });
  }
}

/** An error that a peer service answered with: its code, kind and facts are kept. */
export class RemoteError extends AppError {
  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    message: string,
    facts: ErrorFacts = {},
    options: { cause?: unknown } = {},
  ) {
    super(message, facts, options);
  }
}

/** Returns an AppError as it is, and anything else as a Bug with the original as its cause. */
export const toAppError = (thrown: unknown): AppError => (thrown instanceof AppError ? thrown : new Bug(thrown));
