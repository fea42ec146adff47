// Alerts about room and processor time.
export const capacity = [
  {
    name: 'SallyportDiskLow',
    expr: 'disk_free_bytes / disk_size_bytes < 0.1',
    for: '5m',
    severity: 'warning',
    summary: 'The disk of {{ $labels.volume }} is nearly full',
    description: 'Less than 10 % of the disk that {{ $labels.service }} writes its {{ $labels.volume }} to is free.',
    means: 'spool: the disk of a gateway, for recordings without a recorder. recordings: the store itself.',
    users: 'Nothing until it is full. Then strict sessions end and recordings get gaps.',
    look: ['What else lies on the disk?', 'spool: is a recorder away? `.rejected` files stay until an operator removes them.'],
    act: ['Enlarge the volume, or move recordings to S3.', 'Delete nothing in the spool while its gateway runs.'],
  },
  {
    name: 'SallyportEventLoopSaturated',
    expr: 'nodejs_eventloop_utilization_ratio > 0.9',
    for: '5m',
    severity: 'warning',
    summary: 'A process of {{ $labels.service }} has no time left',
    description:
      'The event loop of a process of {{ $labels.service }} has been busy for more than 90 % of 5 minutes. Everything that it does gets slow.',
    means: 'Too much load for one process, or work that never ends.',
    users: 'Keystrokes and logins are slow on this gateway, or the console is.',
    look: ['Dashboard "Capacity": one process or all?', 'One of many: which sessions does it have? `gateway_process_connections`.'],
    act: ['All: add replicas. docs/performance.md has the figures of one.', 'One: drain it; new connections go to the others.'],
  },
];
