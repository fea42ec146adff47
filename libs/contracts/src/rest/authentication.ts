import { z } from 'zod';
import { DateTime, SEEN, SEEN_WORDS } from './field.js';
import { UserView } from './user.js';

export const SignInRequest = z
  .strictObject({
    username: z.string().min(1).max(256).regex(SEEN, SEEN_WORDS),
    password: z.string().min(1).max(1024).meta({ writeOnly: true }),
  })
  .meta({ id: 'SignInRequest' });
export type SignInRequest = z.infer<typeof SignInRequest>;

export const SignInAnswer = z
  .object({
    token: z.string().describe('For the header "Authorization: Bearer …"'),
    expires_at: DateTime,
    user: UserView,
    must_change_password: z.boolean().describe('True: only users/profile/password may be called'),
  })
  .meta({ id: 'SignInAnswer' });
export type SignInAnswer = z.infer<typeof SignInAnswer>;
