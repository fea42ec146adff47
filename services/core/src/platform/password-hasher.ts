import { Injectable } from '@nestjs/common';
import { FairQueue, type QueueBound } from '@sallyport/context';
import { hashPassword, verifyPassword } from '@sallyport/crypto';
import type { AppError } from '@sallyport/errors';
import { PasswordsBusy, TooManyPasswords } from './password-hasher.errors.js';

/** Hashes at once: half of the four threads that Node also reads files and resolves names with. Each takes about 30 ms of one core. */
const RUNNING = 2;
const WAITING = 1_024;
const WAITING_PER_KEY = 64;

/**
 * Hashes and verifies all passwords of core. The users and sources that ask take turns: a burst of one delays the sign-in of another by one
 * hash. Both methods throw TooManyPasswords and PasswordsBusy.
 */
@Injectable()
export class PasswordHasher {
  readonly #queue = new FairQueue({ running: RUNNING, waiting: WAITING, waitingPerKey: WAITING_PER_KEY }, refusalOf);

  /** Returns the hash of a password as a PHC string. `key` is the user or source that asks. */
  hash(key: string, password: string): Promise<string> {
    return this.#queue.run(key, () => hashPassword(password));
  }

  /** Returns true if a password is the one of the PHC string. It takes as long without a string. */
  verify(key: string, password: string, phc: string | null | undefined): Promise<boolean> {
    return this.#queue.run(key, () => verifyPassword(password, phc));
  }
}

const refusalOf = (bound: QueueBound): AppError => (bound === 'key' ? new TooManyPasswords() : new PasswordsBusy());
