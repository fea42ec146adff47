import type { ClientInfo } from '@sallyport/proto-gen/access/v1/authenticate';
import { typedText } from './typed-text.js';

/** One sign-in that is under way. */
export interface Attempt {
  /** Without control characters; a name that was too long or held some is none that a user can have. */
  readonly username: string;
  readonly sourceIp: string;
  readonly gatewayId: string;
}

/** Returns the attempt of a request: user name, source address and gateway. */
export const attemptOf = (username: string, client: ClientInfo | undefined): Attempt => ({
  username: typedText(username),
  sourceIp: client?.sourceIp ?? '',
  gatewayId: client?.gatewayId ?? '',
});
