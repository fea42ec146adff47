import { AppError } from '@sallyport/errors';
import { resourceErrors } from '../../resource/index.js';

export const { notFound: userNotFound } = resourceErrors({ code: 'USER', noun: 'user' });

export const { notFound: sshKeyNotFound } = resourceErrors({ code: 'SSH_KEY', noun: 'SSH key', fact: 'ssh_key' });

/** Another user has the name; names that differ in case alone are the same. */
export class UsernameTaken extends AppError {
  readonly code = 'USERNAME_TAKEN';
  readonly kind = 'conflict';
  constructor(username: string) {
    super(`There is a user "${username}" already (upper and lower case do not differ)`, { username });
  }
}

/** Another user has the e-mail address. */
export class EmailTaken extends AppError {
  readonly code = 'EMAIL_TAKEN';
  readonly kind = 'conflict';
  constructor(email: string) {
    super(`Another user has the e-mail address "${email}"`, { email });
  }
}

/** The change would leave no admin that can sign in. */
export class LastAdmin extends AppError {
  readonly code = 'LAST_ADMIN';
  readonly kind = 'conflict';
  constructor(username: string) {
    super(`"${username}" is the last admin that can sign in: create another one first`, { username });
  }
}

/** A user deletes or restricts the own user. */
export class OwnUserChange extends AppError {
  readonly code = 'OWN_USER_CHANGE';
  readonly kind = 'conflict';
  constructor(what: string) {
    super(`You can't ${what} yourself: let another admin do it`);
  }
}

/** The old password of a password change is wrong. */
export class OldPasswordWrong extends AppError {
  readonly code = 'OLD_PASSWORD_WRONG';
  readonly kind = 'invalid';
  constructor() {
    super('The old password is not right');
  }
}

/** The new password is the old one. */
export class PasswordUnchanged extends AppError {
  readonly code = 'PASSWORD_UNCHANGED';
  readonly kind = 'invalid';
  constructor() {
    super('The new password is the old one: choose another');
  }
}

/** The password is too short or long, too uniform, made of the user's names, or little more than a leaked one. */
export class PasswordTooEasy extends AppError {
  readonly code = 'PASSWORD_TOO_EASY';
  readonly kind = 'invalid';
}

/** The text is not a public key that a user may sign in with. */
export class SshKeyInvalid extends AppError {
  readonly code = 'SSH_KEY_INVALID';
  readonly kind = 'invalid';
}

/** The user has the key already. */
export class SshKeyTaken extends AppError {
  readonly code = 'SSH_KEY_TAKEN';
  readonly kind = 'conflict';
  constructor(fingerprint: string) {
    super(`This user has the key ${fingerprint} already`, { fingerprint });
  }
}

/** Another user has the key. `owner` is given only to a caller that may see users. */
export class SshKeyInUse extends AppError {
  readonly code = 'SSH_KEY_IN_USE';
  readonly kind = 'conflict';
  constructor(fingerprint: string, owner?: string) {
    super(
      `${owner === undefined ? 'Another user' : `The user "${owner}"`} has the key ${fingerprint}: a key belongs to one user, so make a new one with ssh-keygen`,
      { fingerprint, ...(owner !== undefined && { user: owner }) },
    );
  }
}
