export type Curve = {
  readonly title: string;
  /** Requests a second that come, and those that succeed. */
  readonly points: readonly (readonly [offered: number, succeeded: number])[];
  readonly saturation: number;
  /** Measured at the endpoint, on the scale of the points. */
  readonly measured: readonly (readonly [offered: number, succeeded: number])[];
};

const panel = { width: 340, height: 240, left: 52, right: 16, top: 34, bottom: 42 };
const columns = 2;
const colours = { ideal: '#9aa4b2', succeeded: '#0b62d6', saturation: '#c2410c', measured: '#15803d', text: '#1f2937' };

/** Draws a panel for each curve as an SVG document. */
export function drawCurves(curves: readonly Curve[]): string {
  const rows = Math.ceil(curves.length / columns);
  const [width, height] = [columns * panel.width, rows * panel.height + 24];
  const panels = curves.map((curve, index) => {
    const [x, y] = [(index % columns) * panel.width, Math.floor(index / columns) * panel.height];
    return `<g transform="translate(${x} ${y})">${drawPanel(curve)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="${colours.text}">`,
    `<title>Requests that each service answers, by the requests that it is offered</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...panels,
    legend(height - 10),
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel({ title, points, saturation, measured }: Curve): string {
  const most = Math.max(...points.map(([offered]) => offered));
  const x = (value: number): string => at(panel.left + (value / most) * (panel.width - panel.left - panel.right));
  const y = (value: number): string =>
    at(panel.height - panel.bottom - (value / most) * (panel.height - panel.top - panel.bottom));
  const path = (line: Curve['points']): string =>
    line.map(([offered, value], index) => `${index === 0 ? 'M' : 'L'}${x(offered)} ${y(value)}`).join('');
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => share * most);
  const isInside = saturation <= most;
  return [
    `<text x="${panel.left}" y="20" font-size="13" font-weight="bold">${escapeText(title)}</text>`,
    ...ticks.map((tick) => `<line x1="${x(0)}" x2="${x(most)}" y1="${y(tick)}" y2="${y(tick)}" stroke="#e5e7eb"/>`),
    ...ticks.map((tick) => `<text x="${panel.left - 6}" y="${y(tick)}" dy="4" text-anchor="end">${short(tick)}</text>`),
    ...ticks.map((tick) => `<text x="${x(tick)}" y="${panel.height - 26}" text-anchor="middle">${short(tick)}</text>`),
    `<path d="${path([
      [0, 0],
      [most, most],
    ])}" stroke="${colours.ideal}" stroke-dasharray="4 3" fill="none"/>`,
    `<path d="${path(points)}" stroke="${colours.succeeded}" stroke-width="2" fill="none"/>`,
    ...(isInside
      ? [
          `<line x1="${x(saturation)}" x2="${x(saturation)}" y1="${y(0)}" y2="${y(most)}" stroke="${colours.saturation}"/>`,
        ]
      : []),
    ...measured.map(
      ([offered, value]) => `<circle cx="${x(offered)}" cy="${y(value)}" r="4" fill="${colours.measured}"/>`,
    ),
  ].join('\n');
}

function legend(y: number): string {
  const entries = [
    [colours.succeeded, 'requests a second that succeed, by those that come'],
    [colours.saturation, 'the first quota is used up'],
    [colours.measured, 'measured'],
  ] as const;
  let x = 12;
  return entries
    .map(([colour, text]) => {
      const entry = `<rect x="${x}" y="${y - 8}" width="12" height="8" fill="${colour}"/><text x="${x + 17}" y="${y}">${text}</text>`;
      x += 40 + text.length * 5.6;
      return entry;
    })
    .join('\n');
}

function short(value: number): string {
  return value >= 1000 ? `${Math.round(value / 100) / 10}k` : String(Math.round(value));
}

function at(coordinate: number): string {
  return coordinate.toFixed(1);
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
