export { createRecorderLink, type RecorderLink, type RecorderLinkOptions, type RecorderLinkStatus } from './recorder-link.js';
export { type RecordingLimits } from './recording-limits.js';
