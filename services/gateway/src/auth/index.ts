export type { LoginTarget } from './login-name.js';
export { SignIn, type ClientLogin, type SignInDeps } from './sign-in.js';
