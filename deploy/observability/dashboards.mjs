// The dashboards. A panel is a title, a unit of Grafana, and queries by their legend. $sel narrows a query to the chosen pods.
const SEL = 'job=~"$job",namespace=~"$namespace",pod=~"$pod"';
const q = (query) => query.replaceAll('$sel', SEL);
const panel = (title, unit, queries) => ({
  title,
  unit,
  queries: Object.entries(queries).map(([legend, expr]) => ({ legend, expr: q(expr) })),
});
const p95 = (histogram, by) => `histogram_quantile(0.95, sum by (le, ${by}) (rate(${histogram}_bucket{$sel}[5m])))`;

export const dashboards = {
  gate: [
    panel('Gateways that are ready', 'none', { ready: 'sum(health_ready{service="gateway",$sel})' }),
    panel('Sessions and channels', 'none', { sessions: 'sum(gateway_sessions{$sel})', channels: 'sum(gateway_channels{$sel})' }),
    panel('Logins', 'ops', { '{{outcome}}': 'sum by (outcome) (rate(gateway_logins_total{$sel}[5m]))' }),
    panel('Ended sessions', 'ops', { '{{reason}}': 'sum by (reason) (rate(gateway_sessions_ended_total{$sel}[5m]))' }),
    panel('Refused requests', 'ops', {
      'by the policy': 'sum(rate(gateway_refusals_total{$sel}[5m]))',
      'before the login: {{why}}': 'sum by (why) (rate(gateway_connections_refused_total{$sel}[5m]))',
    }),
    panel('Connections', 'none', {
      '{{pod}} {{process}}': 'sum by (pod, process) (gateway_process_connections{$sel})',
      'before the login': 'sum(gateway_unauthenticated_connections{$sel})',
    }),
    panel('Bytes of clients', 'Bps', { '{{direction}}': 'sum by (direction) (rate(gateway_client_bytes_total{$sel}[5m]))' }),
    panel('Failed calls to peers', 'ops', {
      '{{peer}} {{kind}}': 'sum by (peer, kind) (rate(rpc_client_errors_total{service="gateway",$sel}[5m]))',
    }),
    panel('Data processes', 'none', {
      serving: 'sum(gateway_data_processes{$sel})',
      'lost: {{why}}': 'sum by (why) (increase(gateway_data_processes_lost_total{$sel}[1h]))',
    }),
    panel('Days until certificates end', 'd', {
      '{{service}} {{pod}}': 'min by (service, pod) (mesh_certificate_expiry_timestamp_seconds{$sel} - time()) / 86400',
    }),
  ],
  recording: [
    panel('Bytes without a place in the store', 'bytes', {
      'at gateways': 'sum(gateway_recording_unacked_bytes{$sel})',
      'at recorders': 'sum(recorder_unstored_bytes{$sel})',
    }),
    panel('Oldest byte without a place in the store', 's', {
      'at gateways': 'max(gateway_recording_stalled_seconds{$sel})',
      'at recorders': 'max(recorder_unstored_oldest_seconds{$sel})',
    }),
    panel('Spool', 'bytes', { used: 'sum(gateway_recording_spooled_bytes{$sel})', limit: 'sum(gateway_spool_limit_bytes{$sel})' }),
    panel('Data processes without a recorder', 'none', { '{{pod}}': 'sum by (pod) (gateway_recorder_away_processes{$sel})' }),
    panel('Open recordings', 'none', { '{{pod}}': 'sum by (pod) (recorder_active_sessions{$sel})' }),
    panel('Failed calls of the store', 'ops', { '{{call}}': 'sum by (call) (rate(recorder_store_failures_total{$sel}[5m]))' }),
    panel('Refused and altered recordings in a day', 'none', {
      refused: 'sum(increase(gateway_recordings_refused_total{$sel}[1d]))',
      altered: 'sum(increase(recorder_altered_recordings_total{$sel}[1d]))',
      'altered, known to core': 'sum(increase(core_altered_recordings_total{$sel}[1d]))',
    }),
    panel('Gaps', 'none', {
      'bytes dropped': 'sum(gateway_recording_dropped_bytes{$sel})',
      'not searched: {{why}}': 'sum by (why) (increase(gateway_audit_gaps_total{$sel}[1h]))',
    }),
    panel('Ended sessions to close', 'none', { waiting: 'max(bus_consumer_pending_messages{consumer="recorder-session-ended",$sel})' }),
    panel('NATS at recorders', 'none', { '{{pod}}': 'min by (pod) (recorder_nats_up{$sel})' }),
  ],
  search: [
    panel('Commands indexed', 'ops', {
      indexed: 'sum(rate(indexer_commands_indexed_total{$sel}[5m]))',
      '{{reason}}': 'sum by (reason) (rate(indexer_commands_failed_total{$sel}[5m]))',
    }),
    panel('Commands that wait', 'none', { waiting: 'max(bus_consumer_pending_messages{consumer="indexer-commands",$sel})' }),
    panel('Age of the oldest', 's', { oldest: 'max(bus_consumer_oldest_message_age_seconds{consumer="indexer-commands",$sel})' }),
    panel('From a command to its search, p95', 's', {
      p95: `histogram_quantile(0.95, sum by (le) (rate(indexer_lag_seconds_bucket{$sel}[5m])))`,
    }),
    panel('Searches', 'ops', { '{{code}}': 'sum by (code) (rate(rpc_requests_total{service="indexer",$sel}[5m]))' }),
    panel('Time of a search, p95', 's', { '{{method}}': p95('rpc_duration_seconds', 'method').replace('$sel', 'service="indexer",$sel') }),
    panel('Dead letters in a day', 'none', { '{{consumer}}': 'sum by (consumer) (increase(bus_dead_letters_total{$sel}[1d]))' }),
    panel('Database connections', 'none', { '{{pool}}': 'sum by (pool) (database_pool_in_use_connections{service="indexer",$sel})' }),
  ],
  core: [
    panel('Calls', 'ops', { '{{method}}': 'sum by (method) (rate(rpc_requests_total{service="core",$sel}[5m]))' }),
    panel('Calls that fail', 'ops', {
      '{{method}} {{code}}': 'sum by (method, code) (rate(rpc_requests_total{service="core",code!="OK",$sel}[5m]))',
    }),
    panel('Time of a call, p95', 's', { '{{method}}': p95('rpc_duration_seconds', 'method').replace('$sel', 'service="core",$sel') }),
    panel('REST requests', 'ops', { '{{status}}': 'sum by (status) (rate(http_request_duration_seconds_count{$sel}[5m]))' }),
    panel('Time of a REST request, p95', 's', { '{{method}} {{route}}': p95('http_request_duration_seconds', 'method, route') }),
    panel('Outbox', 'none', {
      waiting: 'sum(core_outbox_waiting_events{$sel})',
      'oldest, seconds': 'max(core_outbox_oldest_seconds{$sel})',
    }),
    panel('Publications', 'ops', { '{{subject}} {{result}}': 'sum by (subject, result) (rate(core_outbox_publications_total{$sel}[5m]))' }),
    panel('Audit log', 's', {
      'not linked for': 'max(core_audit_unlinked_age_seconds{$sel})',
      'not anchored for': 'max(core_audit_anchor_age_seconds{$sel})',
    }),
    panel('Audit log', 'none', { 'not linked': 'sum(core_audit_unlinked_events{$sel})', tampered: 'max(core_audit_tampered{$sel})' }),
    panel('Tasks', 'ops', {
      '{{task}} {{result}}': 'sum by (task, result) (rate(worker_tasks_total{$sel}[5m]))',
      waiting: 'max(bus_consumer_pending_messages{consumer="worker-connectivity",$sel})',
    }),
    panel('Database connections', 'none', {
      'in use': 'sum(database_pool_in_use_connections{service="core",$sel})',
      most: 'sum(database_pool_max_connections{service="core",$sel})',
      waiting: 'sum(database_pool_waiting_requests{service="core",$sel})',
    }),
  ],
  capacity: [
    panel('Versions', 'none', {
      '{{service}} {{version}} {{revision}}': 'count by (service, version, revision) (sallyport_build_info{$sel})',
    }),
    panel('Ready', 'none', { '{{service}}': 'sum by (service) (health_ready{$sel})' }),
    panel('Dependencies that fail', 'none', { '{{service}} {{check}}': 'sum by (service, check) (health_check_up{$sel} == 0)' }),
    panel('Processor', 'percentunit', {
      '{{service}} {{pod}} {{process}}': 'sum by (service, pod, process) (rate(process_cpu_seconds_total{$sel}[5m]))',
    }),
    panel('Event loop: busy', 'percentunit', {
      '{{service}} {{pod}} {{process}}': 'max by (service, pod, process) (nodejs_eventloop_utilization_ratio{$sel})',
    }),
    panel('Event loop: lag', 's', {
      '{{service}} {{pod}} {{process}}': 'max by (service, pod, process) (nodejs_eventloop_lag_seconds{$sel})',
    }),
    panel('Data processes: busy, and blocks of over 50 ms', 'none', {
      '{{pod}} {{process}}': 'max by (pod, process) (gateway_process_utilisation{$sel})',
      'blocks {{pod}} {{process}}': 'max by (pod, process) (gateway_process_loop_blocks{$sel})',
    }),
    panel('Memory', 'bytes', { '{{service}} {{pod}} {{process}}': 'sum by (service, pod, process) (process_resident_memory_bytes{$sel})' }),
    panel('Disk: free', 'percentunit', { '{{volume}} {{pod}}': 'min by (volume, pod) (disk_free_bytes{$sel} / disk_size_bytes{$sel})' }),
    panel('Sessions of a gateway', 'none', { '{{pod}}': 'sum by (pod) (gateway_sessions{$sel})' }),
  ],
};
