// Installs podman, and makes the base image of the product for it, from Debian's packages and the Node of npm. May be run repeatedly.
//   node tests/images/install.mjs
// Needs root. Plain JavaScript without packages, as tests/conformance/install.mjs.
import { ensureNodeImage } from '../../deploy/docker/base-image.mjs';
import { podmanWithOwnStorage } from '../../deploy/docker/own-storage.mjs';
import { requireForImages } from '../../deploy/local/bootstrap/debian.mjs';

await requireForImages();
await ensureNodeImage(podmanWithOwnStorage({ isQuiet: true }));
