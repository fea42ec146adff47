/** How a client may log in, and what it says when it could not. */
import type { Signer } from '../keys/index.js';
import type { PromptSet } from './attempt.js';

/** One way to log in. They are tried in order, each once, and again after a partial success. */
export type ClientMethod =
  | { readonly method: 'none' }
  | {
      readonly method: 'password';
      readonly password: string;
      /** Asked when the server wants another password; without it, or with `undefined` as its answer, the method fails. */
      changePassword?(prompt: string): Promise<string | undefined> | string | undefined;
    }
  | {
      readonly method: 'publickey';
      readonly signer: Signer;
      /** A user certificate blob for the signer's key. */
      readonly certificate?: Buffer;
      /** Ask the server whether it would take the key before signing: for signers that bother a person. */
      readonly asksFirst?: boolean;
    }
  | {
      readonly method: 'keyboard-interactive';
      /** As many answers as there are prompts. */
      answer(request: Required<PromptSet>): Promise<readonly string[]> | readonly string[];
    };

/** No method logged us in. The message names methods, never secrets. */
export class AuthenticationFailed extends Error {
  override readonly name = 'AuthenticationFailed';
  constructor(
    /** What the server would still accept. */
    readonly serverMethods: readonly string[],
    /** What was tried, in order. */
    readonly tried: readonly string[],
  ) {
    super(`Login refused: tried ${tried.join(', ') || 'nothing'}; the server accepts ${serverMethods.join(', ') || 'nothing more'}`);
  }
}
