/**
 * Puts the section of a version above those of earlier versions in the text of a changelog, in place of an older section
 * of the same version.
 * @throws Error if the changelog has no section at all
 */
export function withSection(changelog: string, version: string, section: string): string {
  const [head = '', ...sections] = changelog.split(/^(?=## \[)/m);
  if (sections.length === 0) throw new Error('The changelog has no section such as "## [0.1.0] - 2026-01-01".');
  const others = sections.filter((each) => !each.startsWith(`## [${version}]`));
  return [head, `${section.trim()}\n\n`, ...others].join('');
}
