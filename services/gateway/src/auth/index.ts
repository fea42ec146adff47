export type { LoginTarget } from './login-name.js';
export { SignIn, type SignedIn, type SignInTools } from './sign-in.js';
