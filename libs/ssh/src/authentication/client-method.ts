/** The methods that a client may log in with, and the error if none succeeds (RFC 4252). */
import type { Signer } from '../keys/index.js';
import type { PromptSet } from './attempt.js';

/** One authentication method. The methods are tried in order, each once, and continue after a partial success. */
export type ClientMethod =
  | { readonly method: 'none' }
  | {
      readonly method: 'password';
      readonly password: string;
      /** Returns a new password if the server requires a change. The method fails without it, or if it returns `undefined`. */
      changePassword?(prompt: string): Promise<string | undefined> | string | undefined;
    }
  | {
      readonly method: 'publickey';
      readonly signer: Signer;
      /** A user certificate blob (PROTOCOL.certkeys) for the signer's key. */
      readonly certificate?: Buffer;
      /** Asks the server before signing if it accepts the key. For signers that require a user's action. */
      readonly asksFirst?: boolean;
    }
  | {
      readonly method: 'keyboard-interactive';
      /** Returns one answer for each prompt. */
      answer(request: Required<PromptSet>): Promise<readonly string[]> | readonly string[];
    };

/** Every method failed. The message names methods and never contains secrets. */
export class AuthenticationFailed extends Error {
  override readonly name = 'AuthenticationFailed';
  constructor(
    /** The methods that the server would still accept. */
    readonly serverMethods: readonly string[],
    /** The methods that were tried, in order. */
    readonly tried: readonly string[],
  ) {
    super(`Login refused: tried ${tried.join(', ') || 'nothing'}; the server accepts ${serverMethods.join(', ') || 'nothing more'}`);
  }
}
