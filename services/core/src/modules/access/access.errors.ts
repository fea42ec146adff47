import { AppError } from '@sallyport/errors';

/** The sealed proof of a sign-in is too old, was made for another gateway, or its user may not sign in any more. */
export class SignInNotValid extends AppError {
  readonly code = 'SIGN_IN_NOT_VALID';
  readonly kind = 'unauthenticated';
}
