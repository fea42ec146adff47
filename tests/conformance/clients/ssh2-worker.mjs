// npm ssh2 as a client: one JSON request per line on standard input, one JSON response per line on standard output.
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import ssh2 from 'ssh2';
import algorithms from 'ssh2/lib/protocol/constants.js';

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const reply = { id: request.id, status: -1, stdout: '', stderr: '', error: '' };
  try {
    Object.assign(reply, request.action === 'version' ? { status: 0 } : await serve(request));
  } catch (error) {
    reply.error = String(error);
  }
  console.log(JSON.stringify(reply));
}

async function serve(request) {
  const client = await connect(request);
  try {
    return request.action === 'sftp' ? await transfer(client, request) : await execute(client, request);
  } finally {
    client.end();
  }
}

function connect({ port, user, login, password, key, agent }) {
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    client.once('ready', () => resolve(client)).once('error', reject);
    // A server that ends the connection during the key exchange causes no error, only a close.
    client.once('close', () => reject(new Error('the connection was closed before it was ready')));
    client.on('keyboard-interactive', (_name, _text, _language, prompts, answer) => answer(prompts.map(() => password)));
    client.connect({
      host: '127.0.0.1',
      port,
      username: user,
      algorithms: {
        kex: algorithms.SUPPORTED_KEX,
        cipher: algorithms.SUPPORTED_CIPHER,
        hmac: algorithms.SUPPORTED_MAC,
        serverHostKey: algorithms.SUPPORTED_SERVER_HOST_KEY,
      },
      ...(login === 'password' && { password, authHandler: ['password'] }),
      ...(login === 'interactive' && { tryKeyboard: true, authHandler: ['keyboard-interactive'] }),
      ...(login === 'key' && { privateKey: readFileSync(key), authHandler: ['publickey'] }),
      ...(login === 'agent' && { agent, authHandler: ['agent'] }),
    });
  });
}

function execute(client, { command, input }) {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      const [stdout, stderr] = [[], []];
      let status = -1;
      channel.on('data', (bytes) => stdout.push(bytes)).on('exit', (code) => (status = code ?? -1));
      channel.stderr.on('data', (bytes) => stderr.push(bytes));
      channel.on('close', () => resolve({ status, stdout: encode(stdout), stderr: encode(stderr) }));
      return input ? createReadStream(input).pipe(channel) : channel.end();
    });
  });
}

function transfer(client, { local, remote, back }) {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error) return reject(error);
      return sftp.fastPut(local, remote, (failed) =>
        failed ? reject(failed) : sftp.fastGet(remote, back, (lost) => (lost ? reject(lost) : resolve({ status: 0 }))),
      );
    });
  });
}

function encode(parts) {
  return Buffer.concat(parts).toString('base64');
}
