import { describe, expect, it } from 'vitest';
import { VERSION } from '../../deploy/docker/build-images.mjs';
import { runToEnd } from './container.ts';
import { imageOf, inspect, services, SOURCE } from './image.ts';

describe.each(services)('the image of %s', (service) => {
  const { Config, Size } = inspect(imageOf(service));

  it('runs as a user that is a number and not root', () => {
    expect(Config.User).toBe('65532:65532');
  });

  it('starts Node below an init, without a shell between', () => {
    expect(Config.Entrypoint.slice(0, 3)).toEqual(['/usr/bin/tini', '--', '/usr/local/bin/node']);
    expect(Config.Entrypoint.at(-1)).toBe(`/app/services/${service}/dist/main.js`);
    expect(Config.Env).toContain('NODE_ENV=production');
  });

  it('names its signal, title, version, revision and license', () => {
    expect(Config.StopSignal).toBe('SIGTERM');
    expect(Config.Labels).toMatchObject({
      'org.opencontainers.image.title': `sallyport-${service}`,
      'org.opencontainers.image.version': VERSION,
      'org.opencontainers.image.revision': expect.stringMatching(/^[0-9a-f]{40}$/) as string,
      'org.opencontainers.image.source': SOURCE,
      'org.opencontainers.image.licenses': 'Apache-2.0',
    });
  });

  it('is at most 250 MB', () => {
    expect(Size / 1e6).toBeLessThanOrEqual(250);
  });
});

describe('a container', () => {
  it.each(services.filter((service) => service !== 'cli'))('of %s without settings lists them and ends with 1', async (service) => {
    const { code, output } = await runToEnd(imageOf(service));
    expect(output).toContain('Wrong settings, nothing was started');
    expect(output).toContain('RPC_CA_FILE is missing');
    expect(code).toBe(1);
  });

  it('passes its arguments to the program: core migrate', async () => {
    const { code, output } = await runToEnd(imageOf('core'), { args: ['migrate'] });
    expect(output).toContain('CORE_DATABASE_URL is missing');
    expect(output).not.toContain('RPC_CA_FILE'); // only the running core needs it
    expect(code).toBe(1);
  });

  it('of cli shows the usage', async () => {
    const { code, output } = await runToEnd(imageOf('cli'), { args: ['--help'] });
    expect(output).toContain('Usage: sallyport');
    expect(code).toBe(0);
  });
});
