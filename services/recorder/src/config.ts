import {
  loadConfig,
  parseConfig,
  recorderRules,
  recorderSettings as recorderSchema,
  type ConfigResult,
  type Environment,
} from '@sallyport/config';
import type { z } from 'zod';

export { recorderSchema };

/** The checked settings. */
export type RecorderConfig = Readonly<z.output<typeof recorderSchema>>;

const SCOPE = { prefix: 'RECORDER_' };

/** Reads the settings of the process. Prints every problem and exits with 1. */
export const loadRecorderConfig = (env: Environment = process.env): RecorderConfig => loadConfig(recorderRules, SCOPE, env);

/** Reads the settings and returns them or their problems. */
export const parseRecorderConfig = (env: Environment): ConfigResult<RecorderConfig> => parseConfig(recorderRules, SCOPE, env);
