import type { ProvenKey } from '@sallyport/ssh';

/** The authentication methods that the gateway offers (RFC 4252 §5). */
export type AuthMethodName = 'publickey' | 'password' | 'keyboard-interactive';

/** A prompt of keyboard-interactive (RFC 4256 §3.2). */
export interface InteractivePrompt {
  text: string;
  echo: boolean;
}

/** A USERAUTH_REQUEST. Methods that are not offered, wrong signatures and malformed keys are refused before. */
export type AuthAttempt =
  | { method: 'none' }
  /** Asks whether the key is acceptable, without a signature. It must never count as a proof. */
  | { method: 'publickey-query'; fingerprint: string }
  /** The client has signed this connection's session id with the key. Only the engine, which verified it, makes a ProvenKey. */
  | { method: 'publickey'; fingerprint: string; proven: ProvenKey }
  | { method: 'password'; password: string }
  /** `ask` shows prompts and resolves to one answer each. It rejects if the client disconnects or starts another attempt. */
  | { method: 'keyboard-interactive'; ask(instruction: string, prompts: InteractivePrompt[]): Promise<string[]> };

/** The outcome of an attempt. */
export type AuthVerdict<Identity> =
  | { kind: 'signed-in'; identity: Identity }
  /** The queried key is acceptable. */
  | { kind: 'key-acceptable' }
  | { kind: 'failed'; methods: AuthMethodName[]; partialSuccess: boolean }
  /** No further attempt: disconnect with this message. */
  | { kind: 'refused'; message: string };

/** Decides about the attempts of one connection. One attempt runs at a time. */
export interface Authenticator<Identity> {
  /** Returns the methods that may continue. They are the answer to a request that is refused without an attempt. */
  methods(): AuthMethodName[];
  attempt(username: string, attempt: AuthAttempt): Promise<AuthVerdict<Identity>>;
  /** Counts a wrong signature, which was refused. */
  unproven(username: string, fingerprint: string, why: string): void;
  /** Handles the end of a connection whose client has not signed in. */
  closed(why: string): void;
}

/** The facts about a client before its first attempt. */
export interface ClientFacts {
  readonly remoteAddress: string;
  readonly remoteSoftware: string;
}
