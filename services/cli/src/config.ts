import { readFileSync } from 'node:fs';
import { AppError } from '@sallyport/errors';

/** Address and keys of an S3-compatible store. The keys are secrets. */
export interface S3Settings {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** The same settings from the command line, as far as they are set there. */
export interface S3Options {
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly s3AccessKey?: string;
  readonly s3SecretKeyFile?: string;
}

/** Settings are missing or can't be read. */
export class SettingsIncomplete extends AppError {
  readonly code = 'SETTINGS_INCOMPLETE';
  readonly kind = 'invalid';
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings: options first, then SALLYPORT_S3_* variables, then files that SALLYPORT_S3_*_FILE name. Throws SettingsIncomplete,
 * which names everything that is missing.
 */
export function s3Settings(options: S3Options, env: Environment): S3Settings {
  const missing: string[] = [];
  const need = (value: string | undefined, say: string): string => {
    if (value === undefined) missing.push(say);
    return value ?? '';
  };
  const settings = {
    endpoint: need(options.s3Endpoint ?? variable(env, 'SALLYPORT_S3_ENDPOINT'), '--s3-endpoint or SALLYPORT_S3_ENDPOINT'),
    region: options.s3Region ?? variable(env, 'SALLYPORT_S3_REGION') ?? 'us-east-1',
    accessKey: need(options.s3AccessKey ?? variable(env, 'SALLYPORT_S3_ACCESS_KEY'), '--s3-access-key or SALLYPORT_S3_ACCESS_KEY'),
    secretKey: need(
      options.s3SecretKeyFile === undefined ? variable(env, 'SALLYPORT_S3_SECRET_KEY') : fileText(options.s3SecretKeyFile),
      '--s3-secret-key-file or SALLYPORT_S3_SECRET_KEY',
    ),
  };
  if (missing.length > 0) throw new SettingsIncomplete(`s3:// needs ${missing.join(', ')}`);
  return settings;
}

/** Returns the value of a variable, or the content of the file that NAME_FILE names. */
export function variable(env: Environment, name: string): string | undefined {
  const file = env[`${name}_FILE`];
  return env[name] || (file ? fileText(file) : undefined);
}

/** Returns the content of a file without its last line ends. Throws SettingsIncomplete. */
export function fileText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch (error) {
    throw new SettingsIncomplete(
      `"${file}" can't be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`,
      {},
      { cause: error },
    );
  }
}
