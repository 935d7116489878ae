/** Lets debuggers attach to this process. @returns the URL of its inspector, which one that VS Code launched has already */
export function openInspector(): string {
  // Loading it costs time that functions without a debugger need not spend.
  const inspector = process.getBuiltinModule('inspector');
  if (inspector.url() === undefined) inspector.open(0, '127.0.0.1');
  // With a debugger attached, Node would wait for it to leave before the process ends.
  process.on('exit', () => inspector.close());
  return inspector.url() ?? '';
}
