// Makes the table of README.md from the comments of values.yaml: a comment "# -- …" describes the value below it.
import { isMap } from 'yaml';

/** Returns the README: its head, then one row for every value. */
export function readmeOf(values, head) {
  const rows = rowsOf(values.contents, '').map(({ path, text, value }) => `| \`${path}\` | \`${JSON.stringify(value)}\` | ${text} |`);
  return `${head.trimEnd()}\n\n## Values\n\n| value | default | what it is |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function rowsOf(map, above) {
  return map.items.flatMap(({ key, value }, index) => {
    const path = above === '' ? key.value : `${above}.${key.value}`;
    // The comment above the first key of a map belongs to the map.
    const text = description(index === 0 ? (key.commentBefore ?? map.commentBefore) : key.commentBefore);
    const isLeaf = !isMap(value) || value.items.length === 0 || (text !== '' && value.flow);
    return isLeaf ? [{ path, text, value: value.toJSON() }] : rowsOf(value, path);
  });
}

function description(comment = '') {
  const last = comment.slice(comment.lastIndexOf('-- ') + 3);
  return comment.includes('-- ') ? last.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').trim() : '';
}
