import { startElasticsearch, startPostgres, startSeaweed, type PartOptions, type Report } from '@sallyport/backing';
import type { DataFolder } from '../data/data-folder.js';
import type { Secrets } from '../data/secrets.js';
import type { Options } from '../options.js';
import type { Unit } from '../supervise/unit.js';
import type { Ports } from './ports.js';
import { startBus } from './start-bus.js';

/** Settings of one installation that its units are made from. */
export interface Site {
  readonly options: Options;
  readonly data: DataFolder;
  readonly secrets: Secrets;
  readonly ports: Ports;
  readonly report: Report;
}

/** Returns the units of PostgreSQL and NATS, and of the requested extras. */
export function backingUnits(site: Site): Unit[] {
  const { options, ports, secrets } = site;
  const units = [
    unit('postgres', () => startPostgres(part(site, 'postgres', ports.postgres))),
    unit('nats', () => startBus(part(site, 'nats', ports.nats), secrets.mesh)),
  ];
  if (options.extras.has('s3')) units.push(unit('s3', () => startSeaweed({ ...part(site, 's3', ports.s3), ...secrets.s3 })));
  if (options.extras.has('elasticsearch'))
    units.push(unit('elasticsearch', () => startElasticsearch(part(site, 'elasticsearch', ports.elasticsearch))));
  return units;
}

function unit(name: string, start: Unit['start']): Unit {
  return { name, kind: 'backing', start };
}

/** Returns the options that every part gets. */
export function part(site: Site, name: string, port: number): PartOptions {
  return { directory: site.data.in(name), port, report: site.report };
}
