/** Cells as they are shown: a name, and what belongs to it. */
export type Table = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

export function markdownTable({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return `${[line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')}\n`;
}

/** For a terminal: aligned, numbers to the right, without the marks of Markdown. */
export function textTable({ head, rows }: Table): string {
  const plain = [head, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('`', '')));
  const widths = head.map((_, column) => Math.max(...plain.map((cells) => cells[column]?.length ?? 0)));
  return plain
    .map((cells) =>
      cells
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
