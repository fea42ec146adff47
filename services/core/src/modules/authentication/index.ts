export { AuthenticationModule } from './authentication.module.js';
export { SignIn, type Door, type SignedInUser, type SignInResult } from './sign-in.service.js';
