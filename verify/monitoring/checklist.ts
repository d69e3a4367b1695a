/** What a run checks, one after the other: a line for each, and the names of those that failed. */
export interface Checklist {
  /** A body that hands back a number has counted something: it stands in the line. */
  readonly check: (name: string, body: () => unknown) => Promise<void>;
  readonly failures: string[];
  /** Since the run began. */
  readonly seconds: () => number;
}

/** @param run is named in each line, with the time so far; the lines of a run without one hold neither */
export function checklist(run?: string): Checklist {
  const failures: string[] = [];
  const start = Date.now();
  const seconds = (): number => Math.round((Date.now() - start) / 1000);
  const title = (name: string): string => (run === undefined ? name : `${run}: ${name}`);
  const after = (): string => (run === undefined ? '' : `, after ${seconds()} s`);
  const check = async (name: string, body: () => unknown): Promise<void> => {
    try {
      const figure = await body();
      console.log(`ok ${title(name)}${typeof figure === 'number' ? ` (${figure})` : ''}${after()}`);
    } catch (error) {
      failures.push(name);
      console.log(`FAIL ${title(name)}${after()}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return { check, failures, seconds };
}
