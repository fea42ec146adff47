// The end of the log: a table of the lanes, the failures by name, and the closing line that CI reads.

/** Failures that are named. */
const MAX_NAMED = 30;

/** Prints all three. Returns true if nothing failed. */
export function report(results, wallSeconds) {
  console.log('');
  for (const result of results) console.log(row(result));
  const sum = (key) => results.reduce((total, result) => total + (result[key] ?? 0), 0);
  console.log(`all lanes took ${wallSeconds.toFixed(0)} s; one after the other they would have taken ${sum('seconds').toFixed(0)} s`);
  nameFailures(results);
  const skipped = sum('skipped');
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return sum('failed') === 0;
}

function row({ name, seconds, budgetSeconds, passed, failed }) {
  const verdict = failed === 0 ? 'ok    ' : 'FAILED';
  const time = `${seconds.toFixed(0).padStart(4)} of ${String(budgetSeconds).padStart(3)} s`;
  return `${verdict}  ${name.padEnd(11)} ${time}  ${passed} passed, ${failed} failed${seconds > budgetSeconds ? '  OVER BUDGET' : ''}`;
}

/** Names what failed at the end of the log, where a reader begins. */
function nameFailures(results) {
  const names = results.flatMap(({ name, failed, failures }) =>
    (failed === 0 ? [] : (failures ?? ['see its output above'])).map((failure) => `${name}  ${failure}`),
  );
  if (names.length === 0) return;
  console.log('\nWhat failed:');
  for (const name of names.slice(0, MAX_NAMED)) console.log(`  ${name}`);
  if (names.length > MAX_NAMED) console.log(`  and ${names.length - MAX_NAMED} more`);
}
