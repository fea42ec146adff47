import type { AssetPermissionCreate, CommandView, SessionView, SignInAnswer, UserView } from '@sallyport/contracts';

/** A page of rows. */
export interface Rows<T> {
  readonly count: number;
  readonly results: readonly T[];
}

/** The admin, over REST, as any script would be. */
export interface Admin {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  commands(query: Readonly<Record<string, string>>): Promise<Rows<CommandView>>;
  sessions(query: Readonly<Record<string, string>>): Promise<Rows<SessionView>>;
  session(id: string): Promise<SessionView>;
  replay(session: string, format: 'native' | 'asciicast' | 'bundle', options?: { query?: Readonly<Record<string, string>>; headers?: Readonly<Record<string, string>> }): Promise<Buffer>;
  createUser(username: string): Promise<UserView>;
  permit(permission: AssetPermissionCreate): Promise<{ id: string }>;
}

/** Signs in with the first password, and changes it when it has to be changed. */
export async function signInAdmin(api: string, username: string, password: string, newPassword: string): Promise<Admin> {
  const first = await signIn(api, username, password).catch(() => signIn(api, username, newPassword));
  if (!first.must_change_password) return adminWith(api, first.token);
  await call(api, first.token, 'POST', 'users/profile/password', { old_password: password, new_password: newPassword });
  return adminWith(api, (await signIn(api, username, newPassword)).token);
}

async function signIn(api: string, username: string, password: string): Promise<SignInAnswer> {
  return json(await call(api, undefined, 'POST', 'authentication/auth', { username, password }));
}

function adminWith(api: string, token: string): Admin {
  const get = async <T>(path: string): Promise<T> => json<T>(await call(api, token, 'GET', path));
  const post = async <T>(path: string, body: unknown): Promise<T> => json<T>(await call(api, token, 'POST', path, body));
  return {
    get,
    post,
    patch: async (path, body) => json(await call(api, token, 'PATCH', path, body)),
    commands: (query) => get(`terminal/commands?${new URLSearchParams(query)}`),
    sessions: (query) => get(`terminal/sessions?${new URLSearchParams(query)}`),
    session: (id) => get(`terminal/sessions/${id}`),
    async replay(session, format, { query = {}, headers = {} } = {}) {
      const response = await call(api, token, 'GET', `terminal/sessions/${session}/replay?${new URLSearchParams({ format, ...query })}`, undefined, headers);
      return Buffer.from(await response.arrayBuffer());
    },
    createUser: (username) => post('users/users', { username }),
    permit: (permission) => post('perms/asset-permissions', permission),
  };
}

async function call(api: string, token: string | undefined, method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const response = await fetch(`${api}/api/v1/${path}`, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response;
}

async function json<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}
