import { uuidv7 } from '@sallyport/context';
import { FrameKind, type ChannelOpen } from '@sallyport/recording-format';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapDeps, TapTarget } from './channel-tap.js';
import { withoutControls } from './commands/index.js';
import { sinceStart } from './frame-times.js';
import { factWriter } from './write-fact.js';

const TERMINAL_NAME = /^[\w.+-]*$/;
/** Variables of POSIX and glibc for the locale, and their values: `de_DE.UTF-8@euro`, of LANGUAGE a list. */
const LOCALE_NAME =
  /^(?:LANG|LC_(?:ALL|COLLATE|CTYPE|MESSAGES|MONETARY|NUMERIC|TIME|ADDRESS|IDENTIFICATION|MEASUREMENT|NAME|PAPER|TELEPHONE))$/;
const LOCALE = /^(?:(?:C|POSIX|[a-z]{2,3}(?:_[A-Z]{2})?)(?:\.[A-Za-z0-9-]+)?(?:@[a-z]+)?)?$/;

/** Writes a row of the command log for each variable that is more than a locale or the name of a terminal: `eval "$LC_X"` runs it. */
export function noteEnvironment(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder): void {
  const write = factWriter(FrameKind.command, recorder, deps, target);
  const at = sinceStart(deps.clock.now(), target.startedAtMs);
  for (const { name, value } of unusual(target.opened)) {
    const input = withoutControls(`(environment) ${name}=${value}`);
    write({ id: uuidv7(), kind: 'exec', certainty: 'inferred', input, output: '', risk_level: 'accept', started_us: at, ended_us: at });
  }
}

function unusual({ env = [], pty }: ChannelOpen): { name: string; value: string }[] {
  const variables = env.filter(({ name, value }) => !LOCALE_NAME.test(name) || !LOCALE.test(value));
  const term = pty?.term ?? '';
  return TERMINAL_NAME.test(term) ? variables : [...variables, { name: 'TERM', value: term }];
}
