// Runs lanes side by side and keeps their output readable.
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';

/**
 * Lanes that run at the same time. A lane keeps about one core busy: on two cores int takes 1.2 of them, e2e 0.8, conformance 0.6; the
 * static lanes and unit take one.
 */
const AT_ONCE = availableParallelism();
const PROGRESS_EVERY_MS = 30_000;
/** Lines that an unfinished lane shows when a signal ends the check. */
const LAST_LINES = 100;

/** Lanes that have started and not ended, by name. */
const running = new Map();

/**
 * Starts the lanes in the given order, each as soon as it fits beside those that run. Resolves with their results, in that order.
 * A lane's output is printed when the lane ends, or at once when it is the only one.
 */
export async function runLanes(lanes) {
  const results = new Map();
  const waiting = [...lanes];
  const isLive = lanes.length === 1;
  const progress = setInterval(printProgress, PROGRESS_EVERY_MS);
  while (waiting.length > 0 || running.size > 0) {
    for (const lane of [...waiting]) {
      if (!fits(lane)) continue;
      waiting.splice(waiting.indexOf(lane), 1);
      start(lane, isLive);
    }
    const { name, result } = await Promise.race([...running.values()].map(({ ended }) => ended));
    running.delete(name);
    results.set(name, result);
  }
  clearInterval(progress);
  return lanes.map(({ name }) => results.get(name));
}

/** Returns true if a lane may run beside those that run now. */
function fits(lane) {
  const others = [...running.values()].map((each) => each.lane);
  if (others.length === 0) return true;
  return others.length < AT_ONCE && ![lane, ...others].some(({ isAlone }) => isAlone);
}

function start(lane, isLive) {
  const { name } = lane;
  console.log(`--- ${name}: started`);
  const state = { lane, startedAt: performance.now(), output: '' };
  const print = (text) => {
    if (isLive) process.stdout.write(text);
    else state.output += text;
  };
  state.ended = lane.run(print).then((counts) => {
    const seconds = secondsOf(state);
    const verdict = counts.failed === 0 ? 'ok' : 'FAILED';
    console.log(`\n${state.output.trimEnd()}\n--- ${name}: ${verdict} after ${seconds.toFixed(0)} s`.replace(/^\n\n/, ''));
    return { name, result: { name, seconds, budgetSeconds: lane.budgetSeconds, ...counts } };
  });
  running.set(name, state);
}

const secondsOf = ({ startedAt }) => (performance.now() - startedAt) / 1000;

function printProgress() {
  for (const [name, state] of running) console.log(`--- ${name}: ${secondsOf(state).toFixed(0)} s, running`);
}

/** Prints the end of what the running lanes have shown so far. */
export function printUnfinished() {
  for (const [name, { output }] of running) {
    console.log(`\n${output.trimEnd().split('\n').slice(-LAST_LINES).join('\n')}\n--- ${name}: did not end`);
  }
}
