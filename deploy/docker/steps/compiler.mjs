// Installs what compiling needs: the dependencies of the services and their libraries, the compiler and its types. A build step.
import { command } from './command.mjs';
import { SERVICES } from './services.mjs';

const services = SERVICES.flatMap((service) => ['--filter-prod', `@sallyport/${service}...`]);
command('.', 'pnpm', 'install', '--frozen-lockfile', '--ignore-scripts', '--filter', 'sallyport', ...services);
