import type { CryptoProvider } from './crypto-provider.js';
import { jsProvider } from './js/js-provider.js';
import { loadAddon } from './native/addon.js';
import { nativeProvider } from './native/native-provider.js';
import { selfTestFailure } from './native/self-test.js';

/** `auto`: native if it loads and passes its self-test, else JavaScript. */
export type CryptoMode = 'auto' | 'native' | 'js';

/**
 * Selects the packet ciphers to use. Log the `description` of the result at start-up.
 * @param addonPath path of the addon, for tests; by default the output of `native/build.mjs`.
 * @throws Error in mode `native` if the addon is missing, does not load or fails its self-test.
 */
export const selectCrypto = (mode: CryptoMode = 'auto', addonPath?: string): CryptoProvider => {
  if (mode === 'js') return jsProvider('chosen by configuration');
  const addon = loadAddon(addonPath);
  if ('reason' in addon) return fallBack(mode, addon.reason);
  const native = nativeProvider(addon);
  const failure = selfTestFailure(native, jsProvider('reference'));
  return failure === undefined ? native : fallBack(mode, `native addon failed its self-test: ${failure}`);
};

const fallBack = (mode: CryptoMode, reason: string): CryptoProvider => {
  if (mode === 'native') throw new Error(`Native SSH crypto is required but cannot be used: ${reason}`);
  return jsProvider(reason);
};
