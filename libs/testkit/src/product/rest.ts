import { RestRefused } from '../testkit.errors.js';

/** A response of the API. `body` is the parsed JSON, or undefined for an empty body or another type. */
export interface RestAnswer<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** The form of every list of the API. */
export interface RestList<Row> {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly Row[];
}

/** A user's access to the REST API. Paths are below /api/v1/, e.g. `assets/hosts`. */
export interface Rest {
  readonly token: string;
  readonly mustChangePassword: boolean;
  /** Sends a request and returns the response, whatever its status. */
  ask<Body = unknown>(method: string, path: string, body?: unknown): Promise<RestAnswer<Body>>;
  /** Returns the body of a 2xx response, as do `post` and the others below. Throws RestRefused for another status. */
  get<Body = unknown>(path: string): Promise<Body>;
  post<Body = unknown>(path: string, body?: unknown): Promise<Body>;
  patch<Body = unknown>(path: string, body: unknown): Promise<Body>;
  /** Returns the bytes of a 2xx response. */
  download(path: string, headers?: Record<string, string>): Promise<Buffer>;
}

/**
 * Signs in by password.
 * @throws RestRefused
 */
export async function signIn(api: string, username: string, password: string): Promise<Rest> {
  const answer = await send(api, undefined, 'POST', 'authentication/auth', { username, password });
  const { token, must_change_password: mustChange } = (await accepted(answer, 'POST', 'authentication/auth')) as {
    token: string;
    must_change_password: boolean;
  };
  return restWith(api, token, mustChange);
}

function restWith(api: string, token: string, mustChangePassword: boolean): Rest {
  const call = async <Body>(method: string, path: string, body?: unknown): Promise<Body> =>
    (await accepted(await send(api, token, method, path, body), method, path)) as Body;
  return {
    token,
    mustChangePassword,
    ask: async (method, path, body) => {
      const answer = await send(api, token, method, path, body);
      return { status: answer.status, headers: answer.headers, body: (await parsed(answer)) as never };
    },
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body ?? {}),
    patch: (path, body) => call('PATCH', path, body),
    download: async (path, headers = {}) => {
      const answer = await fetch(`${api}/api/v1/${path}`, { headers: { ...headers, authorization: `Bearer ${token}` } });
      if (!answer.ok) throw new RestRefused('GET', path, answer.status, await answer.text());
      return Buffer.from(await answer.arrayBuffer());
    },
  };
}

function send(api: string, token: string | undefined, method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  return fetch(`${api}/api/v1/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

async function accepted(answer: Response, method: string, path: string): Promise<unknown> {
  if (!answer.ok) throw new RestRefused(method, path, answer.status, await answer.text());
  return parsed(answer);
}

async function parsed(answer: Response): Promise<unknown> {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
