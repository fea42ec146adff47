import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The parts that take longest to start, and that end soon after their last user. */
const SLOW_PARTS = /\b(anElasticsearch|aCephGateway)\b/;

/** Runs the files that share a slow part first and in a row, so that it starts once. Behind them comes the slowest file first. */
export class FileOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const needSlowParts = sorted.filter(({ moduleId }) => SLOW_PARTS.test(readFileSync(moduleId, 'utf8')));
    return [...needSlowParts, ...sorted.filter((file) => !needSlowParts.includes(file))];
  }
}
