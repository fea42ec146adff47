export { createRecorderLink, type RecorderLink, type RecorderLinkOptions } from './recorder-link.js';
export { showRecordings } from './recording-metrics.js';
