// Makes archives of the product's images and of the stand-ins for other projects' images, for a cluster without a registry, and prints their
// paths, one a line. An archive whose sources are unchanged stays as it is.
//   node tests/cluster/images/build.mjs [NAME]…
// Needs root and Debian, and a built workspace (npm run build). Each archive holds localhost/sallyport/NAME:VERSION.
import { requireForImages } from '../../../deploy/local/bootstrap/debian.mjs';
import { say } from '../../../deploy/local/bootstrap/shell.mjs';
import { SERVICES } from '../../../deploy/docker/build-images.mjs';
import { archiveOf } from './archives.mjs';
import { STAND_INS } from './stand-ins.mjs';

const known = [...SERVICES, ...STAND_INS];
const wanted = process.argv.length > 2 ? process.argv.slice(2) : known;
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No image is called ${unknown.join(', ')}. There are: ${known.join(', ')}`);
  process.exit(2);
}

await requireForImages();
const files = [];
for (const name of wanted) files.push(await archiveOf(name));
say('all archives are there');
for (const file of files) console.log(file);
