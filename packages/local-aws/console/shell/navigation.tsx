import { Icon, type IconName } from '../parts/icon.tsx';
import { hrefTo, route } from '../state/router.ts';

type Screen = { readonly name: string; readonly label: string; readonly icon: IconName; readonly key: string };

export const screens: readonly Screen[] = [
  { name: 'services', label: 'Services', icon: 'services', key: 's' },
  { name: 'requests', label: 'Requests', icon: 'requests', key: 'r' },
  { name: 'resources', label: 'Resources', icon: 'resources', key: 'e' },
  { name: 'apis', label: 'APIs', icon: 'apis', key: 'a' },
  { name: 'logs', label: 'Logs', icon: 'logs', key: 'l' },
  { name: 'permissions', label: 'Permissions', icon: 'permissions', key: 'p' },
];

export function Navigation() {
  const current = route.value.segments[0] ?? 'services';
  return (
    <nav class="navigation" aria-label="Screens">
      {screens.map(({ name, label, icon, key }) => (
        <a
          key={name}
          class="navigation-link"
          href={hrefTo([name])}
          aria-current={name === current ? 'page' : undefined}
          title={`${label} (g ${key})`}
        >
          <Icon name={icon} size={18} />
          <span class="navigation-label">{label}</span>
        </a>
      ))}
    </nav>
  );
}
