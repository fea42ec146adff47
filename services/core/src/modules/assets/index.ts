export { AssetsModule } from './assets.module.js';
export { HostKeys, type HostKeyVerdict, type PinnedKey } from './host-keys.service.js';
export { Hosts } from './hosts.service.js';
