/** One thing judged: a system's manifests in front of one program, a fault that must be caught … */
export interface Verdict {
  subject: string;
  /** How many objects, faults or files were looked at. */
  checked: number;
  problems: readonly string[];
  /** Worth a line even when all is well: timings, what no schema was found for. */
  notes?: readonly string[];
}

export interface JudgeReport {
  judge: string;
  programs: readonly string[];
  seconds: number;
  verdicts: readonly Verdict[];
}

const NAMES_SHOWN = 4;

/** Gathers what the judges say; printed once, at the end. */
export class Report {
  readonly #judges: JudgeReport[] = [];
  readonly #times: [what: string, seconds: number][] = [];

  add(judge: JudgeReport): void {
    this.#judges.push(judge);
  }

  /** How long something took that is more than one judge. */
  time(what: string, seconds: number): void {
    this.#times.push([what, seconds]);
  }

  get failed(): number {
    return this.#verdicts().filter(({ problems }) => problems.length > 0).length;
  }

  text(): string {
    const total = this.#verdicts().length;
    return [
      '',
      'What was checked, by which program',
      ...this.#judges.flatMap(summary),
      '',
      ...this.#timeTable(),
      ...this.#judges.flatMap(failures),
      `tests: ${total - this.failed} passed, ${this.failed} failed`,
    ].join('\n');
  }

  #timeTable(): string[] {
    const own = this.#judges.map(({ judge, seconds }) => [judge, seconds] as const);
    const lines = [...own, ...this.#times].map(([what, seconds]) => `  ${seconds.toFixed(1).padStart(7)} s  ${what}`);
    return ['Time', ...lines, ''];
  }

  #verdicts(): Verdict[] {
    return this.#judges.flatMap(({ verdicts }) => verdicts);
  }
}

function summary({ judge, programs, seconds, verdicts }: JudgeReport): string[] {
  const checked = verdicts.reduce((sum, verdict) => sum + verdict.checked, 0);
  const failed = verdicts.filter(({ problems }) => problems.length > 0).length;
  const verdict = failed === 0 ? 'passed' : `${failed} of ${verdicts.length} FAILED`;
  return [
    `  ${judge}: ${verdict}, ${verdicts.length} subjects, ${checked} checks, ${seconds.toFixed(1)} s (${programs.join(', ')})`,
    ...verdicts.flatMap(({ notes }) => (notes ?? []).map((note) => `      ${note}`)),
  ];
}

/** Each problem once, with the subjects that have it: one fault in a component shows in every system. */
function failures({ judge, verdicts }: JudgeReport): string[] {
  const subjects = new Map<string, string[]>();
  for (const { subject, problems } of verdicts) {
    for (const problem of new Set(problems)) subjects.set(problem, [...(subjects.get(problem) ?? []), subject]);
  }
  if (subjects.size === 0) return [];
  return [
    `FAILED ${judge}`,
    ...[...subjects].flatMap(([problem, where]) => [`  ${problem}`, `      in ${few(where)}`]),
    '',
  ];
}

function few(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).join(', ');
  return names.length > NAMES_SHOWN ? `${shown} and ${names.length - NAMES_SHOWN} more` : shown;
}
