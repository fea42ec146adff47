// A data process without SSH: whoever is handed over is told which process has them, and then says what it is to do, a word a line.
import { performance } from 'node:perf_hooks';
import { setInterval } from 'node:timers';

if (process.env.STUB_IS_BROKEN) process.exit(3);

let id = '';
let connections = 0;
let served = 0;
let isDeaf = false;
let last = performance.eventLoopUtilization();
const tell = (message) => process.send(message);

function spin(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const hear = (socket, _, word) => socket.write(`${id} heard ${word}\n`);

const words = {
  'sign-in': (_, visitor) => tell({ type: 'settled', visitor }),
  die: () => process.kill(process.pid, 'SIGKILL'),
  deaf: () => (isDeaf = true),
  block: () => spin(3_600_000),
  bulk: () => setInterval(() => spin(18), 20),
};

function serve(visitor, socket) {
  connections += 1;
  served += 1;
  socket.on('error', () => undefined);
  socket.once('close', () => {
    connections -= 1;
    tell({ type: 'settled', visitor });
  });
  socket.write(`${id}\n`);
  socket.on('data', (data) => {
    for (const word of data.toString().split('\n').filter(Boolean)) (words[word] ?? hear)(socket, visitor, word);
  });
}

process.on('disconnect', () => process.exit(1));
process.on('message', (message, socket) => {
  if (message.type === 'start') {
    id = message.order.gatewayId;
    tell({ type: 'serving', crypto: 'none' });
    setInterval(() => {
      const now = performance.eventLoopUtilization();
      const { utilization: utilisation } = performance.eventLoopUtilization(now, last);
      last = now;
      tell({
        type: 'report',
        report: {
          connections,
          sessions: 0,
          utilisation,
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
    tell({ type: 'metrics', values: [counter] });
  }
  if (message.type === 'visitor' && isDeaf) {
    isDeaf = false;
    socket.destroy();
  } else if (message.type === 'visitor') {
    tell({ type: 'took', visitor: message.visitor });
    serve(message.visitor, socket);
  }
  if (message.type === 'drain') setTimeout(() => process.exit(0), 300);
});
