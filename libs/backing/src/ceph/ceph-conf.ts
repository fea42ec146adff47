import { join } from 'node:path';

/** Ports of a one-machine cluster. */
export interface CephPorts {
  readonly gateway: number;
  readonly monitor: number;
}

/**
 * Returns the ceph.conf of the smallest working Ceph cluster: one monitor, one OSD that keeps its objects in memory, one gateway. Its
 * daemons do not authenticate to each other (S3 requests are signed and checked as always), and its timers are short:
 * paxos_propose_interval alone cuts the start from 12.7 s to 1.5 s.
 */
export function cephConf(directory: string, clusterId: string, ports: CephPorts): string {
  return [
    section('global', {
      fsid: clusterId,
      mon_host: `v1:127.0.0.1:${ports.monitor}/0`,
      mon_initial_members: 'a',
      public_addr: '127.0.0.1',
      cluster_addr: '127.0.0.1',
      ms_bind_msgr2: false,
      auth_cluster_required: 'none',
      auth_service_required: 'none',
      auth_client_required: 'none',
      auth_supported: 'none',
      osd_pool_default_size: 1,
      osd_pool_default_min_size: 1,
      osd_pool_default_pg_num: 1,
      osd_pool_default_pgp_num: 1,
      osd_pool_default_pg_autoscale_mode: 'off',
      osd_crush_chooseleaf_type: 0,
      mon_allow_pool_size_one: true,
      mon_warn_on_pool_no_redundancy: false,
      mon_max_pg_per_osd: 1000,
      mon_data_avail_warn: 2,
      mon_data_avail_crit: 1,
      paxos_propose_interval: 0.02,
      paxos_min_wait: 0.01,
      mon_client_hunt_interval: 0.5,
      log_file: join(directory, 'log', '$name.log'),
      admin_socket: join(directory, 'run', '$name.asok'),
      run_dir: join(directory, 'run'),
      crash_dir: join(directory, 'log'),
    }),
    section('mon', { mon_data: join(directory, 'mon'), mon_cluster_log_file: join(directory, 'log', 'cluster.log') }),
    section('osd', {
      osd_data: join(directory, 'osd'),
      osd_objectstore: 'memstore',
      memstore_device_bytes: 2_147_483_648,
      osd_memory_target: 939_524_096,
      osd_op_num_shards: 1,
      osd_op_num_threads_per_shard: 1,
      osd_max_object_name_len: 256,
      osd_max_object_namespace_len: 64,
      osd_class_update_on_start: false,
      osd_crush_update_on_start: false, // the OSD gets its place in the CRUSH map by hand: the automatic way races with its start
    }),
    section('client.rgw.a', {
      rgw_frontends: `beast endpoint=127.0.0.1:${ports.gateway}`,
      rgw_thread_pool_size: 32,
      rgw_data: join(directory, 'run'),
      rgw_dns_name: 'localhost',
      rgw_enable_apis: 's3, admin',
      rgw_run_sync_thread: false,
      rgw_rados_pool_pg_num_min: 1,
      keyring: join(directory, 'keyring'),
    }),
  ].join('\n');
}

function section(name: string, values: Record<string, string | number | boolean>): string {
  return [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${value}`), ''].join('\n');
}
