import type { VerifiedPublicKey } from './userauth/verified-public-key.js';

/** Methods that can be named to a client (RFC 4252 §5). */
export type AuthMethodName = 'publickey' | 'password' | 'keyboard-interactive';

/** One question of keyboard-interactive (RFC 4256 §3.2). */
export interface InteractivePrompt {
  text: string;
  echo: boolean;
}

/** One USERAUTH_REQUEST. */
export type AuthAttempt =
  | { method: 'none' }
  /** "Would this key do?", without any proof. It must never count as one. */
  | { method: 'publickey-query'; fingerprint: string }
  /** A signature came; `verify` checks it over this connection's session id. It costs CPU: ask only for acceptable keys. */
  | { method: 'publickey'; fingerprint: string; verify(): VerifiedPublicKey | undefined }
  | { method: 'password'; password: string }
  /** `ask` shows prompts and resolves to one answer each; it rejects when the client goes away or begins anew. */
  | { method: 'keyboard-interactive'; ask(instruction: string, prompts: InteractivePrompt[]): Promise<string[]> }
  /** A method that is not offered, or a request that can't be granted whatever follows. */
  | { method: 'unsupported'; name: string };

/** What comes of an attempt. */
export type AuthVerdict<Identity> =
  | { kind: 'signed-in'; identity: Identity }
  /** The queried key is worth a signature. */
  | { kind: 'key-acceptable' }
  | { kind: 'failed'; methods: AuthMethodName[]; partialSuccess: boolean }
  /** No further try: disconnect with these words. */
  | { kind: 'refused'; words: string };

/** Decides over one connection's attempts. One attempt runs at a time. */
export interface Authenticator<Identity> {
  attempt(username: string, attempt: AuthAttempt): Promise<AuthVerdict<Identity>>;
}

/** Who asks to come in, known before the first attempt. */
export interface ClientFacts {
  readonly remoteAddress: string;
  readonly remoteSoftware: string;
}
