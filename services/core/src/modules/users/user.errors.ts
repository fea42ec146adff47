import { AppError } from '@sallyport/errors';

export class UserNotFound extends AppError {
  readonly code = 'USER_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(userId: string) {
    super(`User "${userId}" was not found`, { user: userId });
  }
}

export class UsernameTaken extends AppError {
  readonly code = 'USERNAME_TAKEN';
  readonly kind = 'conflict';
  constructor(username: string) {
    super(`There is a user "${username}" already (upper and lower case do not differ)`, { username });
  }
}

export class EmailTaken extends AppError {
  readonly code = 'EMAIL_TAKEN';
  readonly kind = 'conflict';
  constructor(email: string) {
    super(`Another user has the e-mail address "${email}"`, { email });
  }
}

export class LastAdmin extends AppError {
  readonly code = 'LAST_ADMIN';
  readonly kind = 'conflict';
  constructor(username: string) {
    super(`"${username}" is the last admin who can sign in: make another one first`, { username });
  }
}

export class OwnUserChange extends AppError {
  readonly code = 'OWN_USER_CHANGE';
  readonly kind = 'conflict';
  constructor(what: string) {
    super(`You can't ${what} yourself: let another admin do it`);
  }
}

export class OldPasswordWrong extends AppError {
  readonly code = 'OLD_PASSWORD_WRONG';
  readonly kind = 'invalid';
  constructor() {
    super('The old password is not right');
  }
}

export class PasswordUnchanged extends AppError {
  readonly code = 'PASSWORD_UNCHANGED';
  readonly kind = 'invalid';
  constructor() {
    super('The new password is the old one: choose another');
  }
}

export class PasswordTooEasy extends AppError {
  readonly code = 'PASSWORD_TOO_EASY';
  readonly kind = 'invalid';
}

export class SshKeyNotFound extends AppError {
  readonly code = 'SSH_KEY_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(keyId: string) {
    super(`SSH key "${keyId}" was not found`, { ssh_key: keyId });
  }
}

export class SshKeyInvalid extends AppError {
  readonly code = 'SSH_KEY_INVALID';
  readonly kind = 'invalid';
}

export class SshKeyTaken extends AppError {
  readonly code = 'SSH_KEY_TAKEN';
  readonly kind = 'conflict';
  constructor(fingerprint: string) {
    super(`This user has the key ${fingerprint} already`, { fingerprint });
  }
}
