// A data process without SSH. It sends each connection its gateway id and obeys the commands that it receives, one a line.
import { performance } from 'node:perf_hooks';
import { setInterval } from 'node:timers';

if (process.env.STUB_IS_BROKEN) process.exit(3);

const sockets = new Map();
let id = '';
let connections = 0;
let served = 0;
let isDeaf = false;
let last = performance.eventLoopUtilization();
const send = (message) => process.send(message);

function spin(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const echo = (socket, _, command) => socket.write(`${id} heard ${command}\n`);

const commands = {
  'sign-in': (_, connection) => send({ type: 'settled', connection, outcome: 'signed-in' }),
  'exchange-keys': (_, connection) => send({ type: 'progressed', connection, step: 'keys-exchanged' }),
  admit: (_, connection) => send({ type: 'admit', connection, user: 'alice' }),
  die: () => process.kill(process.pid, 'SIGKILL'),
  deaf: (socket) => {
    isDeaf = true;
    socket.write('is deaf\n');
  },
  block: () => spin(3_600_000),
  bulk: () => setInterval(() => spin(18), 20),
};

function serve(connection, socket) {
  connections += 1;
  served += 1;
  sockets.set(connection, socket);
  socket.on('error', () => undefined);
  socket.once('close', () => {
    connections -= 1;
    sockets.delete(connection);
    send({ type: 'settled', connection, outcome: 'closed' });
    send({ type: 'closed', connection });
  });
  socket.write(`${id}\n`);
  socket.on('data', (data) => {
    for (const command of data.toString().split('\n').filter(Boolean)) (commands[command] ?? echo)(socket, connection, command);
  });
}

process.on('disconnect', () => process.exit(1));
process.on('message', (message, socket) => {
  if (message.type === 'start') {
    id = message.order.gatewayId;
    send({ type: 'serving', crypto: 'none' });
    setInterval(() => {
      const now = performance.eventLoopUtilization();
      const { utilization: utilisation } = performance.eventLoopUtilization(now, last);
      last = now;
      send({
        type: 'report',
        report: {
          connections,
          sessions: 0,
          utilisation,
          loopBlocks: 0,
          problems: { nats: 'away' },
          recording: { unackedBytes: 0, spooledBytes: 0, dropped: 0 },
        },
      });
    }, 250);
  }
  if (message.type === 'metrics') {
    const counter = {
      name: 'stub_served_total',
      help: 'served',
      type: 'counter',
      aggregator: 'sum',
      values: [{ value: served, labels: {} }],
    };
    send({ type: 'metrics', values: [counter] });
  }
  if (message.type === 'connection' && isDeaf) {
    isDeaf = false;
    socket.destroy();
  } else if (message.type === 'connection') {
    send({ type: 'received', connection: message.connection });
    serve(message.connection, socket);
  }
  if (message.type === 'drop') sockets.get(message.connection)?.destroy();
  if (message.type === 'admitted') sockets.get(message.connection)?.write(`${message.refusal ?? 'admitted'}\n`);
  if (message.type === 'drain') setTimeout(() => process.exit(0), 300);
});
