/** What somebody wants to reach, as typed. An empty account means: the only one, or ask. */
export interface LoginTarget {
  readonly asset: string;
  readonly account: string;
}

/** A login name, taken apart. */
export type LoginName =
  | { readonly kind: 'menu'; readonly username: string }
  | { readonly kind: 'target'; readonly username: string; readonly target: LoginTarget }
  | { readonly kind: 'invalid'; readonly words: string };

const MAX_LENGTH = 512;

/**
 * `user@account@asset` and `user#account#asset` name a target, `user#asset` one without its account; `user` alone means the menu.
 * It is read from the right, so that a user name may hold the separator: `a@example.org@root@web`, `a@example.org#root#web`. Two parts
 * with `@` are a user name (an e-mail address), as in JumpServer. `%` stands before connection tokens and nowhere else.
 */
export function parseLoginName(text: string): LoginName {
  if (text.length > MAX_LENGTH) return { kind: 'invalid', words: `The login name is longer than ${MAX_LENGTH} characters.` };
  if (text.includes('%'))
    return { kind: 'invalid', words: `"${text}" names a connection token. They are not offered here: log in as user@account@asset.` };
  const byAt = text.split('@');
  if (byAt.length >= 3) return target(byAt, '@', text);
  const byHash = text.split('#');
  if (byHash.length >= 3) return target(byHash, '#', text);
  if (byHash.length === 2) return target([byHash[0] ?? '', '', byHash[1] ?? ''], '#', text);
  return { kind: 'menu', username: text };
}

function target(parts: readonly string[], separator: string, text: string): LoginName {
  const asset = parts.at(-1) ?? '';
  const account = parts.at(-2) ?? '';
  const username = parts.slice(0, -2).join(separator);
  if (username === '' || asset === '') {
    return {
      kind: 'invalid',
      words: `"${text}" lacks the ${username === '' ? 'user' : 'asset'}: write user${separator}account${separator}asset.`,
    };
  }
  return { kind: 'target', username, target: { asset, account } };
}
