import { fileText, SettingsIncomplete, variable, type Environment } from '../config.js';

/** Sign-in at the REST API: a token, or a user with its password. All but the URL and the user's name are secrets. */
export interface ApiSettings {
  readonly url: string;
  readonly token: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** The same settings from the command line, as far as they are set there. A secret is never on it: other users of the machine can read it. */
export interface ApiOptions {
  readonly url?: string;
  readonly user?: string;
  readonly tokenFile?: string;
  readonly passwordFile?: string;
}

/** Reads the settings: options first, then SALLYPORT_URL, SALLYPORT_TOKEN, SALLYPORT_USER and SALLYPORT_PASSWORD, or files that …_FILE name. Throws SettingsIncomplete. */
export function apiSettings(options: ApiOptions, env: Environment): ApiSettings {
  const secret = (file: string | undefined, name: string): string | undefined =>
    file === undefined ? variable(env, name) : fileText(file);
  const url = options.url ?? variable(env, 'SALLYPORT_URL');
  if (url === undefined) throw new SettingsIncomplete('Name the API by --url or SALLYPORT_URL, for instance https://sallyport.example.com');
  const user = options.user ?? variable(env, 'SALLYPORT_USER');
  const token = secret(options.tokenFile, 'SALLYPORT_TOKEN');
  const password = token === undefined ? secret(options.passwordFile, 'SALLYPORT_PASSWORD') : undefined;
  if (token === undefined && (user === undefined || password === undefined))
    throw new SettingsIncomplete(
      'Set SALLYPORT_TOKEN, or SALLYPORT_USER and SALLYPORT_PASSWORD; each secret may be in a file that …_FILE names',
    );
  return { url: safeUrl(url), token, user, password };
}

/** Returns a URL that secrets may be sent to. */
function safeUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:') return text.replace(/\/+$/, '');
  if (url?.protocol !== 'http:') throw new SettingsIncomplete(`"${text}" is not a URL that begins with https://`);
  if (!['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname))
    throw new SettingsIncomplete(`"${text}" would send a secret in clear over the network: use https://`);
  return text.replace(/\/+$/, '');
}
