import crypto from 'ssh2/lib/protocol/crypto.js';

/** Which crypto the engine runs on, for the start-up log. ssh2's addon is bound to one Node version and is not built on install. */
export const cryptoInUse = (): 'ssh2 native addon' | 'ssh2 JavaScript over node:crypto' =>
  crypto.bindingAvailable ? 'ssh2 native addon' : 'ssh2 JavaScript over node:crypto';
