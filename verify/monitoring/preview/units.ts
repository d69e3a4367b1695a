import type { Defaults } from '../live/dashboards';

function digits(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 6 });
}

function scaled(value: number, base: number, names: readonly string[]): string {
  const size = Math.abs(value);
  const power = size < 1 ? 0 : Math.min(Math.floor(Math.log(size) / Math.log(base)), names.length - 1);
  return `${digits(value / base ** power)} ${names[power] ?? ''}`.trim();
}

/** Durations as Grafana's unit `s` writes them: the largest unit that fits. */
function duration(seconds: number): string {
  const steps: readonly (readonly [number, string])[] = [
    [86_400, 'days'],
    [3600, 'hours'],
    [60, 'mins'],
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
  ];
  const found = steps.find(([size]) => Math.abs(seconds) >= size);
  return found === undefined ? '0 s' : `${digits(seconds / found[0])} ${found[1]}`;
}

const units: Readonly<Record<string, (value: number) => string>> = {
  short: (value) => scaled(value, 1000, ['', 'K', 'Mil', 'Bil']),
  percentunit: (value) => `${digits(value * 100)}%`,
  bytes: (value) => scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']),
  Bps: (value) => scaled(value, 1000, ['B/s', 'kB/s', 'MB/s', 'GB/s']),
  reqps: (value) => `${digits(value)} req/s`,
  ops: (value) => `${digits(value)} ops/s`,
  s: duration,
};

interface ValueMap {
  readonly type: string;
  readonly options: Readonly<Record<string, { readonly text?: string }>>;
}

/** A figure in its panel's unit, or what stands for it. @throws Error for a unit that no panel of ours has had yet */
export function formatted(value: number, { unit = 'short', mappings = [] }: Defaults): string {
  const mapped = (mappings as readonly ValueMap[]).find(({ type }) => type === 'value')?.options[String(value)]?.text;
  if (mapped !== undefined) return mapped;
  const write = units[unit];
  if (write === undefined) throw new Error(`How ${unit} is written is not known here`);
  return write(value);
}
