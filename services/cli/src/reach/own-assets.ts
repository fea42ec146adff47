import { MAX_LIMIT, OwnAssetView, SignInAnswer, UserView, pageOf } from '@sallyport/contracts';
import { AppError } from '@sallyport/errors';
import type { z } from 'zod';
import type { ApiSettings } from './api-settings.js';

/** The assets that a user may reach, with its name. */
export interface Reach {
  readonly username: string;
  readonly assets: readonly OwnAssetView[];
}

/** The API refused a request, is not reached, or is not Sallyport's. */
class ApiFailed extends AppError {
  readonly code = 'API_FAILED';
  readonly kind = 'unavailable';
}

const TIMEOUT_MS = 30_000;
const Assets = pageOf(OwnAssetView);

/** Reads what the user may reach, all pages. Throws ApiFailed. */
export async function readReach({ url, token, user = '', password = '' }: ApiSettings): Promise<Reach> {
  if (token !== undefined) return reachOf(url, token);
  const signIn = await call(url, 'POST', 'authentication/auth', SignInAnswer.pick({ token: true }), { body: { username: user, password } });
  try {
    return await reachOf(url, signIn.token);
  } finally {
    await send(url, 'DELETE', 'authentication/auth', { token: signIn.token }).catch(() => undefined); // it expires by itself
  }
}

async function reachOf(url: string, token: string): Promise<Reach> {
  const { username } = await call(url, 'GET', 'users/profile', UserView.pick({ username: true }), { token });
  const assets: OwnAssetView[] = [];
  for (;;) {
    const page = await call(url, 'GET', `users/profile/assets?limit=${MAX_LIMIT}&offset=${assets.length}`, Assets, { token });
    assets.push(...page.results);
    if (page.results.length === 0 || assets.length >= page.count) return { username, assets };
  }
}

interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
}

async function call<T>(url: string, method: string, path: string, schema: z.ZodType<T>, options: CallOptions): Promise<T> {
  const answer = await send(url, method, path, options).catch((error: unknown) => {
    throw new ApiFailed(`${url} can't be reached: ${reasonOf(error)}`, {}, { cause: error });
  });
  const json: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) throw new ApiFailed(`${url} refused ${method} ${path.split('?')[0]}: ${messageOf(json) ?? `status ${answer.status}`}`);
  const read = schema.safeParse(json);
  if (!read.success) throw new ApiFailed(`${url} does not answer as Sallyport's API does`);
  return read.data;
}

function send(url: string, method: string, path: string, { token, body }: CallOptions): Promise<Response> {
  return fetch(`${url}/api/v1/${path}`, {
    method,
    redirect: 'error', // a secret goes to no other host
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

const messageOf = (json: unknown): string | undefined => (json as { error?: { message?: string } } | undefined)?.error?.message;

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
