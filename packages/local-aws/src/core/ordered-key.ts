/** Numbers as keys of records that sort as the numbers do. */
export function orderedKey(position: number): string {
  return String(position).padStart(16, '0');
}
