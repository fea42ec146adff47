import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { imagesFolder } from '../../../deploy/docker/base-image.mjs';
import { VERSION } from '../../../deploy/docker/build-images.mjs';
import { natsServerProgram } from '../../../libs/backing/dist/nats/nats-server.js';
import { postgresBinaries } from '../../../libs/backing/dist/postgres/postgres-binaries.js';
import { seaweedProgram } from '../../../libs/backing/dist/seaweed/seaweed-program.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const silent = () => undefined;

/** Copies the programs of each stand-in into a folder. */
const PROGRAMS = {
  postgres: async (folder) => {
    copy(dirname(await postgresBinaries(undefined, silent)), join(folder, 'postgres'));
    copy(join(HERE, 'postgres-entrypoint.sh'), join(folder, 'postgres-entrypoint.sh'));
  },
  nats: async (folder) => copy(await natsServerProgram(silent), join(folder, 'nats-server')),
  seaweedfs: async (folder) => copy(await seaweedProgram(silent), join(folder, 'weed')),
  openssh: (folder) => copy(join(HERE, 'openssh-entrypoint.sh'), join(folder, 'openssh-entrypoint.sh')),
};

export const STAND_INS = Object.keys(PROGRAMS);

/** Builds a stand-in and returns its name. */
export async function buildStandIn(engine, name) {
  const image = `localhost/sallyport/${name}:${VERSION}`;
  const context = join(imagesFolder(), `context-${name}.${process.pid}`);
  mkdirSync(context, { recursive: true });
  try {
    await PROGRAMS[name](context);
    const how = ['--isolation', 'chroot', '--pull=never', '--timestamp', '0', '--target', name];
    await engine.run('build', ...how, '--tag', image, '--file', join(HERE, 'Dockerfile'), context);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  return image;
}

function copy(from, to) {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}
