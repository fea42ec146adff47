import type { ClientInfo } from '@sallyport/proto-gen/access/v1/authenticate';

/** One sign-in that is under way. */
export interface Attempt {
  readonly username: string;
  readonly sourceIp: string;
  readonly gatewayId: string;
}

const MAX_CHARS = 128;

/** A name as it may be looked up, kept and shown. What no user can be called stays a name that no user has: U+FFFD is in none. */
const safeName = (name: string): string => name.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD').slice(0, MAX_CHARS);

/** Who comes, and where from. */
export const attemptOf = (username: string, client: ClientInfo | undefined): Attempt => ({
  username: username.length > MAX_CHARS ? `${safeName(username)}\uFFFD` : safeName(username),
  sourceIp: client?.sourceIp ?? '',
  gatewayId: client?.gatewayId ?? '',
});
