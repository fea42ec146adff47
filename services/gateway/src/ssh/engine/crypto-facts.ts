import { bindingAvailable } from './ssh2-parts.js';

/** Which crypto the engine runs on, for the start-up log. ssh2's addon is bound to one Node version and is not built on install. */
export const cryptoInUse = (): 'ssh2 native addon' | 'ssh2 JavaScript over node:crypto' =>
  bindingAvailable ? 'ssh2 native addon' : 'ssh2 JavaScript over node:crypto';
