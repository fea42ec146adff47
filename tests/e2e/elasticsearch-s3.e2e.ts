import { describeBackbone } from './backbone.suite.ts';

describeBackbone('a start with Elasticsearch and S3', ['elasticsearch', 's3']);
