import { z } from 'zod';
import { DateTime } from './field.js';
import { text } from './text.js';
import { UserView } from './user.js';

export const SignInRequest = z
  .strictObject({
    username: text('name', 256).min(1),
    password: text('secret', 1024).min(1).meta({ writeOnly: true }),
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
