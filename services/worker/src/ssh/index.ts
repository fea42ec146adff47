export { trySshLogin, type LoginAttempt, type LoginOutcome, type LoginResult } from './try-ssh-login.js';
