import type { AssetPermissionCreate, CommandView, SessionView, UserView } from '@sallyport/contracts';
import type { Rest } from '@sallyport/testkit';

/** A page of rows. */
interface Rows<T> {
  readonly count: number;
  readonly results: readonly T[];
}

type Query = Readonly<Record<string, string>>;

/** The admin's REST API as far as the tests use it, with its types. */
export interface Admin extends Pick<Rest, 'get' | 'post' | 'patch'> {
  commands(query: Query): Promise<Rows<CommandView>>;
  sessions(query: Query): Promise<Rows<SessionView>>;
  session(id: string): Promise<SessionView>;
  replay(
    session: string,
    format: 'native' | 'asciicast' | 'bundle',
    options?: { query?: Query; headers?: Record<string, string> },
  ): Promise<Buffer>;
  createUser(username: string): Promise<UserView>;
  permit(permission: AssetPermissionCreate): Promise<{ id: string }>;
}

export function adminOver(rest: Rest): Admin {
  return {
    get: (path) => rest.get(path),
    post: (path, body) => rest.post(path, body),
    patch: (path, body) => rest.patch(path, body),
    commands: (query) => rest.get(`terminal/commands?${new URLSearchParams(query)}`),
    sessions: (query) => rest.get(`terminal/sessions?${new URLSearchParams(query)}`),
    session: (id) => rest.get(`terminal/sessions/${id}`),
    replay: (session, format, { query = {}, headers } = {}) =>
      rest.download(`terminal/sessions/${session}/replay?${new URLSearchParams({ format, ...query })}`, headers),
    createUser: (username) => rest.post('users/users', { username }),
    permit: (permission) => rest.post('perms/asset-permissions', permission),
  };
}
