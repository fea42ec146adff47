export { AssetNotFound } from './asset.errors.js';
export { AssetsModule } from './assets.module.js';
export { HostKeys, type HostKeyVerdict, type PinnedKey, type PresentedKey } from './host-keys.service.js';
export { Hosts } from './hosts.service.js';
