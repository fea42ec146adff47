// Every alert, by group. An alert is written once, with its page for operators; gen.mjs makes both files.
import { capacity } from './alerts/capacity.mjs';
import { core } from './alerts/core.mjs';
import { gate } from './alerts/gate.mjs';
import { recording } from './alerts/recording.mjs';
import { search } from './alerts/search.mjs';

export const groups = { gate, recording, search, core, capacity };
