/** The segments of a path that its template names, percent-decoded. */
export type PathParameters = Readonly<Record<string, string>>;

/**
 * Compiles a template such as `/2015-03-31/functions/{name}`: `{name}` matches one segment, `{name+}` the rest of the
 * path. The function it returns gives the parameters of a path, or undefined if the path does not match.
 */
export function compilePath(template: string): (path: string) => PathParameters | undefined {
  const source = template
    .split('/')
    .map((segment) => {
      const parameter = /^\{(\w+)(\+?)\}$/.exec(segment);
      if (parameter === null) return segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return parameter[2] === '+' ? `(?<${parameter[1]}>.+)` : `(?<${parameter[1]}>[^/]+)`;
    })
    .join('/');
  const pattern = new RegExp(`^${source}/?$`);
  return (path) => {
    const match = pattern.exec(path);
    if (match === null) return undefined;
    return Object.fromEntries(Object.entries(match.groups ?? {}).map(([key, value]) => [key, decode(value)]));
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
