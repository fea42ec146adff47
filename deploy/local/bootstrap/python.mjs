import { existsSync } from 'node:fs';

/** The Python that virtual environments are made with: Debian's, so that its packages fit, else the one on PATH. */
export const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
