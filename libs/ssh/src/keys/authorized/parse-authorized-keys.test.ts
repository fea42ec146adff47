import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatPublicKeyLine, parseAuthorizedKeys, parseAuthorizedKeysLine, publicKeyFromKeyObject } from '../index.js';

const key = publicKeyFromKeyObject(generateKeyPairSync('ed25519').publicKey);
const KEY = formatPublicKeyLine(key);
const optionsOf = (options: string) => parseAuthorizedKeysLine(`${options} ${KEY} someone`).options;
const problem = (kind: string) => expect.objectContaining({ name: 'SshKeyError', problem: kind });
const thrownBy = (attempt: () => unknown): unknown => {
  try {
    return attempt();
  } catch (error) {
    return error;
  }
};

const EVERYTHING = {
  isCertAuthority: false,
  environment: [],
  permitsPty: true,
  permitsPortForwarding: true,
  permitsAgentForwarding: true,
  permitsX11Forwarding: true,
  permitsUserRc: true,
  requiresTouch: true,
  requiresUserVerification: false,
};
const NOTHING = {
  permitsPty: false,
  permitsPortForwarding: false,
  permitsAgentForwarding: false,
  permitsX11Forwarding: false,
  permitsUserRc: false,
};

describe('a line of authorized_keys', () => {
  it('without options permits everything and keeps its comment', () => {
    const parsed = parseAuthorizedKeysLine(`  ${KEY}   Alice Example <a@example>  `);
    expect(parsed).toEqual({ key, comment: 'Alice Example <a@example>', options: EVERYTHING });
    expect(parseAuthorizedKeysLine(KEY).comment).toBe('');
  });

  it('reads the examples of sshd(8)', () => {
    expect(optionsOf('restrict,command="uptime"')).toEqual({ ...EVERYTHING, ...NOTHING, forceCommand: 'uptime' });
    expect(optionsOf('restrict,pty,command="nethack"')).toEqual({ ...EVERYTHING, ...NOTHING, permitsPty: true, forceCommand: 'nethack' });
    expect(optionsOf('command="dump /home",no-pty,no-port-forwarding')).toMatchObject({
      forceCommand: 'dump /home',
      permitsPty: false,
      permitsPortForwarding: false,
      permitsAgentForwarding: true,
    });
    expect(optionsOf('permitopen="192.0.2.1:80",permitopen="192.0.2.2:25"').permitOpen).toEqual(['192.0.2.1:80', '192.0.2.2:25']);
    expect(optionsOf('permitlisten="localhost:8080",permitlisten="[::1]:22000",permitlisten="9000"').permitListen).toEqual([
      'localhost:8080',
      '[::1]:22000',
      '9000',
    ]);
    expect(optionsOf('tunnel="0",command="sh /etc/netstart tun0"')).toMatchObject({ tunnel: '0', forceCommand: 'sh /etc/netstart tun0' });
    expect(optionsOf('from="*.sales.example.net,!pc.sales.example.net"').from).toBe('*.sales.example.net,!pc.sales.example.net');
    expect(optionsOf('cert-authority,principals="alice,bob"')).toMatchObject({ isCertAuthority: true, principals: ['alice', 'bob'] });
    expect(optionsOf('no-touch-required,verify-required')).toMatchObject({ requiresTouch: false, requiresUserVerification: true });
  });

  it('accepts option names in any case, quotes inside values, and several environment options', () => {
    expect(optionsOf('Command="echo \\"a, b\\" c",NO-X11-Forwarding')).toMatchObject({
      forceCommand: 'echo "a, b" c',
      permitsX11Forwarding: false,
    });
    expect(optionsOf('environment="A=1",environment="B=x=y z"').environment).toEqual([
      { name: 'A', value: '1' },
      { name: 'B', value: 'x=y z' },
    ]);
  });

  it('applies options in order: restrict overrides earlier options', () => {
    expect(optionsOf('pty,restrict').permitsPty).toBe(false);
    expect(optionsOf('restrict,pty').permitsPty).toBe(true);
  });

  it('reads expiry times, and uses the earliest', () => {
    expect(optionsOf('expiry-time="20270101Z"').expiresAtMs).toBe(Date.UTC(2027, 0, 1));
    expect(optionsOf('expiry-time="202701011530Z"').expiresAtMs).toBe(Date.UTC(2027, 0, 1, 15, 30));
    expect(optionsOf('expiry-time="20270101153059"').expiresAtMs).toBe(new Date(2027, 0, 1, 15, 30, 59).getTime());
    expect(optionsOf('expiry-time="20280101Z",expiry-time="20270101Z"').expiresAtMs).toBe(Date.UTC(2027, 0, 1));
  });

  it.each(['frobnicate', 'frobnicate="x"', 'pty="yes"', 'command', 'constructor', 'toString', 'no-restrict'])(
    'with the unknown option %s is refused',
    (option) => {
      expect(thrownBy(() => optionsOf(option))).toEqual(problem('unsupported'));
    },
  );

  it.each([
    'command="a",command="b"',
    'command="unclosed',
    'pty,',
    ',pty',
    'pty,,no-pty',
    'command=bare',
    'command="a"b',
    'environment="novalue"',
    'environment="BAD-NAME=1"',
    'permitopen="nohost"',
    'permitopen="a:b:c"',
    'expiry-time="20270231Z"',
    'expiry-time="20271301"',
    'expiry-time="tomorrow"',
    'from="a",from="b"',
    'tunnel="any"',
    '__proto__="x"',
  ])('with the malformed options %s is refused', (options) => {
    expect(thrownBy(() => optionsOf(options))).toEqual(expect.objectContaining({ name: 'SshKeyError' }));
  });

  it('whose key has another type than it states is refused', () => {
    const base64 = KEY.split(' ')[1]!;
    expect(thrownBy(() => parseAuthorizedKeysLine(`ssh-rsa ${base64}`))).toEqual(problem('malformed'));
    expect(thrownBy(() => parseAuthorizedKeysLine(`ssh-ed25519 ${base64.slice(0, -8)}`))).toEqual(problem('malformed'));
    expect(thrownBy(() => parseAuthorizedKeysLine('ssh-ed25519 $$$$'))).toEqual(problem('malformed'));
    expect(thrownBy(() => parseAuthorizedKeysLine('ssh-ed25519'))).toEqual(problem('malformed'));
    expect(thrownBy(() => parseAuthorizedKeysLine(`pty ssh-dss ${base64}`))).toEqual(problem('unsupported'));
    expect(thrownBy(() => parseAuthorizedKeysLine(''))).toEqual(problem('malformed'));
  });
});

describe('a file of authorized_keys', () => {
  it('returns its valid keys and the numbers of its invalid lines', () => {
    const { keys, problems } = parseAuthorizedKeys(`# team\r\n\r\n${KEY} one\r\nwhat="1" ${KEY}\n   \n${KEY} two\nnonsense`);
    expect(keys.map(({ comment }) => comment)).toEqual(['one', 'two']);
    expect(problems.map(({ line, error }) => [line, error.problem])).toEqual([
      [4, 'unsupported'],
      [7, 'malformed'],
    ]);
  });
});
