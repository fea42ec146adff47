export { AuthenticationModule } from './authentication.module.js';
export { SignIn, type SignedInUser, type SignInResult } from './sign-in.service.js';
export { UnlockUser } from './unlock-user.service.js';
