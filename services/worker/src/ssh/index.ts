export { trySshLogin, type HostKeyDecision, type LoginAttempt, type LoginOutcome, type ProvenKey } from './try-ssh-login.js';
