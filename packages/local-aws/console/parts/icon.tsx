/** Icons are lines on a grid of 24, drawn at 16 px in the colour of the text. */
const paths = {
  services: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
  requests: 'M3 6h11M3 12h18M8 18h13',
  resources: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9',
  apis: 'M8 5l-5 7 5 7M16 5l5 7-5 7',
  logs: 'M4 5h16v14H4zM8 10l2.5 2L8 14M13 14h3',
  permissions: 'M12 3l7 3v5c0 4.6-2.9 8.3-7 10-4.1-1.7-7-5.4-7-10V6zM9 12l2 2 4-4',
  pause: 'M9 5v14M15 5v14',
  play: 'M7 4.5v15l12-7.5z',
  reset: 'M4 11a8 8 0 1 1 2 6M4 5v6h6',
  snapshot: 'M4 8h3l2-3h6l2 3h3v11H4zM12 16.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2',
  fault: 'M13 3L5 14h6l-1 7 8-11h-6z',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  moon: 'M20 14.5A8.2 8.2 0 0 1 9.5 4a8.2 8.2 0 1 0 10.5 10.5z',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4.5 4.5',
  help: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.7 9.3a2.4 2.4 0 1 1 3.3 2.5c-.7.3-1 .8-1 1.6M12 16.6v.2',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  chevron: 'M9 6l6 6-6 6',
  down: 'M6 9l6 6 6-6',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  send: 'M4 12L20 4l-5 16-3.5-6.5z',
  edit: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13',
  plus: 'M12 5v14M5 12h14',
  external: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  refresh: 'M20 12a8 8 0 1 1-2.3-5.6M20 3v5h-5',
  download: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
  api: 'M4 12h3M17 12h3M12 4v3M12 17v3M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8z',
  function: 'M6 20l6.5-12M12.5 14.5L17 20M8 4h2.5c1 0 1.5.6 2 2',
  queue: 'M4 7h16v10H4zM9 7v10M14.5 7v10',
  table: 'M4 5h16v14H4zM4 10h16M4 14.5h16M10 10v9',
  stream: 'M3 8c3-3 6 3 9 0s6 3 9 0M3 15c3-3 6 3 9 0s6 3 9 0',
  pipe: 'M3 9h5v6H3zM16 9h5v6h-5zM8 12h8',
  topic: 'M4 10v4h3l7 5V5l-7 5zM17.5 9a4 4 0 0 1 0 6',
  bucket: 'M4 6h16l-2 14H6zM4 6c0-1.5 3.5-2.5 8-2.5S20 4.5 20 6',
  stack: 'M12 4l9 4.5-9 4.5-9-4.500zM3 13l9 4.5 9-4.5',
  alarm: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.500h4',
  chart: 'M4 4v16h16M8 15l3.5-4 3 2.500L19 8',
  mail: 'M4 6h16v12H4zM4 7l8 6 8-6',
  mapping: 'M4 7h6l4 10h6M17 14l3 3-3 3',
  bus: 'M4 9h16M4 15h16M8 5v14M16 5v14',
  role: 'M12 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20c.6-3.6 3.4-5.5 7-5.500s6.4 1.9 7 5.5',
  user: 'M12 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20c.6-3.6 3.4-5.5 7-5.500s6.4 1.9 7 5.5',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.700l1-1',
} as const;

export type IconName = keyof typeof paths;

/** A decoration: the control that holds it has the name. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
