/** The target of a login, as typed. An empty account stands for the only one; if there are several, the user is asked. */
export interface LoginTarget {
  readonly asset: string;
  readonly account: string;
}

/** A parsed login name. */
export type LoginName =
  | { readonly kind: 'menu'; readonly username: string }
  | { readonly kind: 'target'; readonly username: string; readonly target: LoginTarget }
  | { readonly kind: 'invalid'; readonly message: string };

const MAX_LENGTH = 512;

/**
 * Parses a login name. `user@account@asset` and `user#account#asset` name a target, `user#asset` names one without its account, and `user`
 * alone asks for the menu. It is parsed from the right, so a user name may contain the separator: `a@example.org@root@web`,
 * `a@example.org#root#web`. Two parts with `@` are a user name (an e-mail address), as in JumpServer. `%` precedes a connection token.
 */
export function parseLoginName(text: string): LoginName {
  if (text.length > MAX_LENGTH) return { kind: 'invalid', message: `The login name is longer than ${MAX_LENGTH} characters.` };
  if (text.includes('%'))
    return { kind: 'invalid', message: `"${text}" names a connection token. They are not offered here: log in as user@account@asset.` };
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
      message: `"${text}" lacks the ${username === '' ? 'user' : 'asset'}: write user${separator}account${separator}asset.`,
    };
  }
  return { kind: 'target', username, target: { asset, account } };
}
