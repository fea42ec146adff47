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
 * alone asks for the menu. Neither a user name nor an asset's name holds a separator: all between the first and the last one is the account,
 * for instance in `alice@svc@corp.local@web`. `%` precedes a connection token.
 */
export function parseLoginName(text: string): LoginName {
  if (text.length > MAX_LENGTH) return { kind: 'invalid', message: `The login name is longer than ${MAX_LENGTH} characters.` };
  const separator = /[@#]/.exec(text)?.[0];
  const parts = separator === undefined ? [text] : text.split(separator);
  if (hasToken(parts))
    return { kind: 'invalid', message: `"${text}" names a connection token. They are not offered here: log in as user@account@asset.` };
  if (separator === undefined) return { kind: 'menu', username: text };
  if (parts.length > 2) return target(parts, separator, text);
  return separator === '#' ? target([parts[0] ?? '', '', parts[1] ?? ''], '#', text) : { kind: 'invalid', message: accountMissing(parts) };
}

/** Returns true if a part holds a "%" and is not an IPv6 address with its zone. */
const hasToken = (parts: readonly string[]): boolean =>
  parts.some((part) => part.includes('%') && !/^\[?[0-9a-f:]*:[0-9a-f:.]*%/i.test(part));

/** Returns the message about two parts. A user name holds no "@": the account is missing, which is the commonest mistake. */
const accountMissing = ([user = '', asset = '']: readonly string[]): string =>
  `"${user}@${asset}" lacks the account: write ${user}@ACCOUNT@${asset}, or ${user}#${asset} if ${asset} has one account. ${user} alone opens the menu.`;

function target(parts: readonly string[], separator: string, text: string): LoginName {
  const asset = parts.at(-1) ?? '';
  const account = parts.slice(1, -1).join(separator);
  const username = parts[0] ?? '';
  if (username === '' || asset === '') {
    return {
      kind: 'invalid',
      message: `"${text}" lacks the ${username === '' ? 'user' : 'asset'}: write user${separator}account${separator}asset.`,
    };
  }
  return { kind: 'target', username, target: { asset, account } };
}
