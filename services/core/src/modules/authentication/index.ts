export { UnknownUsername } from './authentication.errors.js';
export { AuthenticationModule } from './authentication.module.js';
export { SignInFailures } from './sign-in-failures.service.js';
export { SignIn, type SignedInUser, type SignInResult } from './sign-in.service.js';
export { UnlockUser } from './unlock-user.service.js';
