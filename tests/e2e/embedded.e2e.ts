import { describeBackbone } from './backbone.suite.ts';

describeBackbone('an embedded start', []);
