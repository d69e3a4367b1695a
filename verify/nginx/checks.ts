/** Checks that go on after a failure and are printed one by one. */
import { isDeepStrictEqual } from 'node:util';

export class Checks {
  failed = 0;
  passed = 0;

  equal(title: string, found: unknown, wanted: unknown): void {
    if (isDeepStrictEqual(found, wanted)) this.pass(title);
    else this.fail(title, `found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
  }

  ok(title: string, holds: boolean, found: unknown = ''): void {
    if (holds) this.pass(title);
    else this.fail(title, String(found).slice(0, 500));
  }

  /** A group of checks; one that throws is a failure of its own. */
  async group(title: string, work: () => Promise<void>): Promise<void> {
    console.log(`\n${title}`);
    const began = Date.now();
    await work().catch((error: unknown) =>
      this.fail(title, error instanceof Error ? (error.stack ?? '') : String(error)),
    );
    console.log(`  ${((Date.now() - began) / 1000).toFixed(1)} s`);
  }

  private pass(title: string): void {
    this.passed += 1;
    console.log(`  ok    ${title}`);
  }

  private fail(title: string, found: string): void {
    this.failed += 1;
    console.log(`  FAIL  ${title}: ${found}`);
  }
}
