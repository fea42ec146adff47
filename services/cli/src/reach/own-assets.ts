import { MAX_LIMIT, OwnAssetView, SignInAnswer, UserView, pageOf } from '@sallyport/contracts';
import { callApi, sendToApi } from '../rest/call-api.js';
import type { ApiSettings } from './api-settings.js';

/** The assets that a user may reach, with its name. */
export interface Reach {
  readonly username: string;
  readonly assets: readonly OwnAssetView[];
}

const Assets = pageOf(OwnAssetView);

/** Reads what the user may reach, all pages. Throws ApiFailed. */
export async function readReach({ url, token, user = '', password = '' }: ApiSettings): Promise<Reach> {
  if (token !== undefined) return reachOf(url, token);
  const signIn = await callApi(url, 'POST', 'authentication/auth', SignInAnswer.pick({ token: true }), {
    body: { username: user, password },
  });
  try {
    return await reachOf(url, signIn.token);
  } finally {
    await sendToApi(url, 'DELETE', 'authentication/auth', { token: signIn.token }).catch(() => undefined); // it expires by itself
  }
}

async function reachOf(url: string, token: string): Promise<Reach> {
  const { username } = await callApi(url, 'GET', 'users/profile', UserView.pick({ username: true }), { token });
  const assets: OwnAssetView[] = [];
  for (;;) {
    const page = await callApi(url, 'GET', `users/profile/assets?limit=${MAX_LIMIT}&offset=${assets.length}`, Assets, { token });
    assets.push(...page.results);
    if (page.results.length === 0 || assets.length >= page.count) return { username, assets };
  }
}
