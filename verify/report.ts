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

const PROBLEMS_SHOWN = 25;

/** Gathers what the judges say; printed once, at the end. */
export class Report {
  readonly #judges: JudgeReport[] = [];

  add(judge: JudgeReport): void {
    this.#judges.push(judge);
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
      ...this.#judges.flatMap(failures),
      `tests: ${total - this.failed} passed, ${this.failed} failed`,
    ].join('\n');
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

function failures({ judge, verdicts }: JudgeReport): string[] {
  return verdicts.flatMap(({ subject, problems }) => {
    if (problems.length === 0) return [];
    const shown = problems.slice(0, PROBLEMS_SHOWN).map((problem) => `    ${problem}`);
    const rest = problems.length - shown.length;
    return [`FAILED ${judge}: ${subject}`, ...shown, ...(rest > 0 ? [`    and ${rest} more`] : []), ''];
  });
}
