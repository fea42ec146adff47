import { ofSession } from '@sallyport/telemetry';
import { uuidv7 } from '@sallyport/context';
import { FrameKind } from '@sallyport/recording-format';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapDeps } from './channel-tap.js';
import type { CommandGap } from './commands/index.js';
import { sinceStart } from './frame-times.js';
import { factWriter } from './write-fact.js';

const REASONS = {
  overflow: 'output came faster than it could be searched',
  'worker-lost': 'the thread that searches it ended',
  stopped: 'the gateway stopped before it was searched',
} satisfies Record<CommandGap['why'], string>;

/** Returns a function that records a span of output in which no commands were looked for: as a gap, and as a row of the command log that an auditor finds. */
export function recordGap(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder): (gap: CommandGap) => void {
  const writeGap = factWriter(FrameKind.gap, recorder, deps, target);
  const writeCommand = factWriter(FrameKind.command, recorder, deps, target);
  const { channel, sessionId, startedAtMs } = target;
  return (gap) => {
    const { skippedBytes, why, fromMs, toMs } = gap;
    deps.logger.warn(
      { ...ofSession(sessionId), channel, ...gap },
      'commands may be missing: a part of the output was not searched for them',
    );
    deps.onAuditGap?.(why);
    writeGap({ bytes: skippedBytes, why, stream: 'commands' });
    writeCommand({
      id: uuidv7(),
      kind: 'typed',
      certainty: 'missed',
      input: `(commands not looked for from ${iso(fromMs)} to ${iso(toMs)}, ${skippedBytes} bytes of output: ${REASONS[why]})`,
      output: '',
      risk_level: 'accept',
      started_us: sinceStart(fromMs, startedAtMs),
      ended_us: sinceStart(toMs, startedAtMs),
    });
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
