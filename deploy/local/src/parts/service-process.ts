const MAP_STACKS = new URL('map-stacks.js', import.meta.url).href;

/** Arguments of Node for every service. The young generation stays small: what it grows to in a busy second, it keeps. */
export const NODE_ARGUMENTS: readonly string[] = ['--import', MAP_STACKS, '--max-semi-space-size=4'];

/**
 * Settings of glibc's allocator for core, which hashes passwords in blocks of 19 MiB. Without them each of Node's threads keeps the blocks
 * that it has used, up to 150 MB. A block of 8 MiB or more is returned to the system at once, and consists of huge pages, which cost no time.
 */
export const CORE_ALLOCATOR = { GLIBC_TUNABLES: 'glibc.malloc.mmap_threshold=8388608:glibc.malloc.hugetlb=1' };
