import ssh2, { type AuthContext, type Connection, type ParsedKey, type Server } from 'ssh2';
import type { DemoSettings } from './config.js';
import { serveSession } from './serve-session.js';

/** Creates a plain SSH server for one user and one key: shell, commands and SFTP. It does not listen yet. */
export function startDemoServer(settings: DemoSettings, hostKey: string): Server {
  const allowed = parseKey(settings.authorizedKey);
  return new ssh2.Server({ hostKeys: [hostKey] }, (connection) => serve(connection, settings, allowed));
}

function serve(connection: Connection, settings: DemoSettings, allowed: ParsedKey): void {
  connection.on('error', () => connection.end()); // a client that disconnects or breaks the protocol ends its own connection only
  connection.on('authentication', (attempt) => {
    if (mayEnter(attempt, settings.user, allowed)) attempt.accept();
    else attempt.reject(['publickey']);
  });
  connection.on('session', (accept) => serveSession(accept(), settings));
}

function mayEnter(attempt: AuthContext, user: string, allowed: ParsedKey): boolean {
  if (attempt.method !== 'publickey' || attempt.username !== user) return false;
  if (!attempt.key.data.equals(allowed.getPublicSSH())) return false;
  if (attempt.signature === undefined || attempt.blob === undefined) return true; // only asks if the key would be accepted (RFC 4252 7)
  return allowed.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true;
}

function parseKey(line: string): ParsedKey {
  const parsed = ssh2.utils.parseKey(line);
  if (parsed instanceof Error) throw parsed;
  return Array.isArray(parsed) ? (parsed[0] as ParsedKey) : parsed;
}
