/** The most that one ConfigMap is given, bytes; `kubectl apply` can handle 200,000. */
const most = 180_000;

interface Piece {
  readonly key: string;
  readonly text: string;
}

function bytes({ key, text }: Piece): number {
  return Buffer.byteLength(key) + Buffer.byteLength(text);
}

/** A long file in parts that end with a line: `servers.conf`, `servers.conf.01`, … The start script puts them together. */
function parts(name: string, text: string): Piece[] {
  const found: string[] = [];
  let part = '';
  for (const line of text.split(/(?<=\n)/)) {
    if (part !== '' && Buffer.byteLength(part) + Buffer.byteLength(line) > most / 2) {
      found.push(part);
      part = '';
    }
    part += line;
  }
  return [...found, part].map((each, index) => ({
    key: index === 0 ? name : `${name}.${String(index).padStart(2, '0')}`,
    text: each,
  }));
}

/**
 * The files by ConfigMap: all in one, unless they are too large for one. A hundred services are some 50 kB.
 * @param files by name; `*.conf` may be divided, others must fit
 */
export function configMaps(files: Readonly<Record<string, string>>): Record<string, string>[] {
  const pieces = Object.entries(files).map(([key, text]) => ({ key, text }));
  const whole = pieces.reduce((sum, piece) => sum + bytes(piece), 0);
  if (whole <= most) return [{ ...files }];
  const maps: Piece[][] = [[]];
  let filled = 0;
  for (const piece of pieces.flatMap(({ key, text }) => parts(key, text))) {
    if (filled + bytes(piece) > most) {
      maps.push([]);
      filled = 0;
    }
    maps.at(-1)?.push(piece);
    filled += bytes(piece);
  }
  return maps.map((map) => Object.fromEntries(map.map(({ key, text }) => [key, text])));
}
