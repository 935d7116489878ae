import { describe, expect, it } from '@jest/globals';
import { withSection } from './changelog.ts';

const changelog = '# Changelog\n\nThe format.\n\n## [0.1.0] - 2026-01-01\n\n### Added\n\n- All.\n';
const section = '## [0.2.0] - 2026-02-01\n\n### Fixed\n\n- One.\n';

describe('the section of a release', () => {
  it('is put above the earlier sections', () => {
    expect(withSection(changelog, '0.2.0', section)).toBe(
      '# Changelog\n\nThe format.\n\n## [0.2.0] - 2026-02-01\n\n### Fixed\n\n- One.\n\n## [0.1.0] - 2026-01-01\n\n### Added\n\n- All.\n',
    );
  });

  it('replaces the section of the same version', () => {
    const once = withSection(changelog, '0.2.0', '## [0.2.0] - 2026-02-01\n\n### Fixed\n\n- Other.\n');
    expect(withSection(once, '0.2.0', section)).toBe(withSection(changelog, '0.2.0', section));
  });

  it('is refused for a file without sections', () => {
    expect(() => withSection('# Changelog\n', '0.2.0', section)).toThrow(/has no section/);
  });
});
