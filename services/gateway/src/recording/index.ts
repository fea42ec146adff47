export { createRecorderLink, type RecorderLink, type RecorderLinkOptions } from './recorder-link.js';
