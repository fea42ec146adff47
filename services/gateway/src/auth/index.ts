export type { LoginTarget } from './login-name.js';
export { FailedSignInReporter } from './failed-sign-in-reporter.js';
export { LoginTrace } from './login-trace.js';
export { SignIn, type ClientLogin, type SignInDeps } from './sign-in.js';
