import type { ClientMethod, PromptSet } from '@sallyport/ssh';
import { readPrivateKey } from './host-keys.js';
import type { LoginCredential } from './ssh-dialer.js';

/** How a credential is tried: once; a password also by keyboard-interactive, where the server wants it so. Throws KeyUnusable. */
export async function loginMethods({ secret }: LoginCredential): Promise<ClientMethod[]> {
  if (secret.kind === 'private-key') return [{ method: 'publickey', signer: await readPrivateKey(secret.pem) }];
  const { password } = secret;
  return [
    { method: 'password', password },
    { method: 'keyboard-interactive', answer: answerOnce(password) },
  ];
}

/** Answers one hidden question with the password; any further one means that it was wrong or that more is wanted, and gets nothing. */
function answerOnce(password: string): (set: Required<PromptSet>) => string[] {
  let hasAnswered = false;
  return ({ prompts }) => {
    const isTheQuestion = !hasAnswered && prompts.length === 1 && prompts[0]?.isEchoed === false;
    hasAnswered ||= prompts.length > 0;
    return prompts.map(() => (isTheQuestion ? password : ''));
  };
}
