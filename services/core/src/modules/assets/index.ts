export { AssetsModule } from './assets.module.js';
export { HostKeys, type HostKeyVerdict, type PinnedKey } from './host-keys.service.js';
export { assetNotFound } from './asset.errors.js';
export { Hosts } from './hosts.service.js';
