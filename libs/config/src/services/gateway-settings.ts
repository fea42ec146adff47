import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { z } from 'zod';
import { booleanText, bytes, peerAddress, port, seconds } from '../fields.js';
import { meshSettings } from '../mesh-settings.js';

/** A week. Timers of Node can't wait longer than 24 days. */
const MAX_DRAIN_SECONDS = 604_800;

const DEFAULT_PENALTIES = { authfail: 5, noauth: 1, 'grace-exceeded': 10, max: 600, min: 15 };

/** Returns the rules of a text; undefined for "no". What the text does not name has its default. */
function penaltyRules(text: string): typeof DEFAULT_PENALTIES | undefined {
  if (text === 'no') return undefined;
  const named = text.split(' ').map((pair) => pair.split(':') as [string, string]);
  return { ...DEFAULT_PENALTIES, ...Object.fromEntries(named.map(([name, value]) => [name, Number(value)])) };
}

/** Returns an address range; none for an empty text. Reports an issue for any other text. */
function subnet(text: string, context: z.RefinementCtx): { address: string; prefix: number; family: 'ipv4' | 'ipv6' }[] {
  const [address = '', bits] = text.split('/');
  if (text === '') return [];
  const version = isIP(address);
  const prefix = bits === undefined ? (version === 6 ? 128 : 32) : Number(bits);
  if (version !== 0 && Number.isInteger(prefix) && prefix >= 0 && prefix <= (version === 6 ? 128 : 32))
    return [{ address, prefix, family: version === 6 ? 'ipv6' : 'ipv4' }];
  context.addIssue({ code: 'custom', message: `"${text}" is not an address range, for instance 192.0.2.0/24` });
  return [];
}

/** Returns the address ranges of a list with commas. */
const subnets = (text: string, context: z.RefinementCtx) => text.split(',').flatMap((entry) => subnet(entry.trim(), context));

/** The gateway's settings. */
export const gatewaySettings = z
  .object({
    ...meshSettings,
    GATEWAY_ID: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,110}$/, 'may hold up to 110 letters, digits, ".", "_" and "-"')
      .default(`${hostname()}-${process.pid}`)
      .describe('unique among gateways and their restarts'),
    GATEWAY_DATA_PROCESSES: z.coerce
      .number<string>()
      .int()
      .min(1)
      .max(256)
      .optional()
      .describe('number of processes that serve connections; default: one per CPU core, at least 2'),
    GATEWAY_SSH_HOST: z.string().default('127.0.0.1').describe('address that users connect to'),
    GATEWAY_SSH_PORT: port().default(2222).describe('port that users connect to'),
    GATEWAY_HEALTH_HOST: z.string().default('127.0.0.1').describe('address of the health server'),
    GATEWAY_HEALTH_PORT: port().default(7412).describe('port of the health server'),
    GATEWAY_CORE_ADDRESS: peerAddress().describe(
      'host:port of core’s gRPC; a name with several addresses, or a list of them, is balanced per call',
    ),
    GATEWAY_RECORDER_ADDRESS: peerAddress().describe('host:port of the recorder’s gRPC, or several as above'),
    GATEWAY_HOST_KEY_FILE: z.string().min(1).describe('private host key files, OpenSSH or PEM, comma separated; one per key type is used'),
    GATEWAY_SPOOL_DIR: z.string().min(1).describe('folder for frames that the recorder has not taken yet; must survive restarts'),
    GATEWAY_SPOOL_MAX_BYTES: bytes()
      .default(1024 ** 3)
      .describe('bound of that folder, for all processes together'),
    GATEWAY_BANNER_FILE: z
      .string()
      .min(1)
      .optional()
      .describe('text that every client receives before it signs in, for instance that sessions are recorded; none by default'),
    GATEWAY_LOGIN_GRACE_SECONDS: seconds().default(30).describe('time that a client has to sign in'),
    GATEWAY_MAX_AUTH_TRIES: z.coerce.number<string>().int().min(1).max(20).default(6).describe('wrong proofs that one connection may send'),
    GATEWAY_MAX_STARTUPS: z
      .string()
      .regex(/^\d+:\d+:\d+$/, 'must be start:rate:full, for instance 512:30:1024')
      .default('512:30:1024')
      .transform((text) => {
        const [start, rate, full] = text.split(':').map(Number) as [number, number, number];
        return { start, rate, full };
      })
      .refine(({ start, rate, full }) => start < full && rate <= 100, 'start must be below full, and rate at most 100 (percent)')
      .describe(
        'start:rate:full as in sshd: from start unauthenticated connections on, rate % of new ones are refused, at full all of them',
      ),
    GATEWAY_PER_SOURCE_MAX_STARTUPS: z.coerce
      .number<string>()
      .int()
      .min(1)
      .default(64)
      .describe('unauthenticated connections of one address (IPv6: /64); a new one replaces the oldest that got least far'),
    GATEWAY_PER_SOURCE_PENALTIES: z
      .string()
      .regex(
        /^(no|((authfail|noauth|grace-exceeded|max|min):\d+)( (authfail|noauth|grace-exceeded|max|min):\d+)*)$/,
        'must be "no" or name:seconds …',
      )
      .default('authfail:5 noauth:1 grace-exceeded:10 max:600 min:15')
      .transform(penaltyRules)
      .describe('seconds as in sshd: penalties of an address add up, and from min on it is refused until they have run off; "no" for none'),
    GATEWAY_PER_SOURCE_PENALTY_EXEMPT_LIST: z
      .string()
      .default('127.0.0.0/8,::1/128')
      .transform(subnets)
      .describe(
        'address ranges without penalties and without a bound of new connections a second, comma separated: load balancers and proxies that all users come through',
      ),
    GATEWAY_PROXY_PROTOCOL_FROM: z
      .string()
      .default('')
      .transform(subnets)
      .describe(
        'address ranges of load balancers, comma separated: their connections must begin with a PROXY header (version 1 or 2), whose client address counts everywhere; other connections never have one; empty: none',
      ),
    GATEWAY_MAX_CONNECTIONS_PER_USER: z.coerce
      .number<string>()
      .int()
      .min(1)
      .default(100)
      .describe('connections that one user may have to this gateway at a time'),
    GATEWAY_MAX_SESSIONS: z.coerce
      .number<string>()
      .int()
      .min(1)
      .max(60)
      .default(10)
      .describe('shells, commands and file transfers at a time on one connection, as in sshd'),
    GATEWAY_UNUSED_CONNECTION_TIMEOUT_SECONDS: seconds()
      .default(0)
      .describe('a connection without a channel for so long is closed; 0: never'),
    GATEWAY_KEEPALIVE_SECONDS: seconds()
      .pipe(z.number().min(1).max(3600))
      .default(30)
      .describe(
        'interval of keepalives to clients and assets; one that leaves 3 of them unanswered is gone, and its sessions end with that reason',
      ),
    GATEWAY_SHOW_ASSET_BANNERS: booleanText()
      .default(true)
      .describe(
        'true: the login banner of an asset is shown to the user, outside the menu on stderr; false: only where the asset refuses the login',
      ),
    GATEWAY_MAX_INPUT_BYTES: bytes()
      .default(8 * 1024 ** 2)
      .describe('input to record of each channel without a terminal, beyond it length and hash; 0: all of it'),
    GATEWAY_KEEP_FILE_BYTES: bytes()
      .default(256 * 1024)
      .describe(
        'content to record of each file that is uploaded by sftp or scp, beyond it length and hash, and GATEWAY_MAX_INPUT_BYTES in all of a channel; 0: none',
      ),
    GATEWAY_AUDITORS_KEY_FILE: z
      .string()
      .min(1)
      .optional()
      .describe('X25519 public key (SPKI PEM) to which input is sealed; its private half never comes near a server'),
    GATEWAY_SEAL_INPUT: booleanText()
      .default(false)
      .describe(
        'true: recorded input of channels without a terminal and content of files is sealed; commands that shells and interpreters read stay in the command log',
      ),
    GATEWAY_KEEP_UNSEEN_INPUT: booleanText()
      .default(false)
      .describe('true: lines typed without echo and input that may be a password are recorded, sealed; otherwise only their length is'),
    GATEWAY_DRAIN_SECONDS: seconds()
      .pipe(z.number().max(MAX_DRAIN_SECONDS))
      .default(86_400)
      .describe(
        'time that sessions may go on after SIGTERM, at most 7 days; what starts the gateway must wait 40 s longer before it kills it',
      ),
  })
  .superRefine((config, context) => {
    if (config.GATEWAY_AUDITORS_KEY_FILE !== undefined) return;
    for (const name of ['GATEWAY_SEAL_INPUT', 'GATEWAY_KEEP_UNSEEN_INPUT'] as const) {
      if (config[name])
        context.addIssue({ code: 'custom', path: [name], message: 'needs GATEWAY_AUDITORS_KEY_FILE: without a key nothing can be sealed' });
    }
  });
